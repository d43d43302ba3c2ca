"""How a school prints its times: minutes since midnight in, ink out."""

from dataclasses import dataclass
from random import Random

STYLES = ("24", "24-bare", "24-dots", "24-none", "12", "12-dots", "12-suffix", "12-dots-suffix")
SEPARATORS = (" - ", "-", " – ", "–", " to ")
MINUTES_PER_HOUR = 60
NOON = 12 * MINUTES_PER_HOUR


def truth_time(minutes: int) -> str:
    """24-hour HH:MM, as the truth has it whatever the page prints."""
    return f"{minutes // MINUTES_PER_HOUR:02d}:{minutes % MINUTES_PER_HOUR:02d}"


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One way to print times, the same all over a document."""

    style: str
    separator: str

    def time(self, minutes: int) -> str:
        hour, minute = divmod(minutes, MINUTES_PER_HOUR)
        twelve = (hour - 1) % 12 + 1
        suffix = "am" if minutes < NOON else "pm"
        return {
            "24": f"{hour:02d}:{minute:02d}",
            "24-bare": f"{hour}:{minute:02d}",
            "24-dots": f"{hour:02d}.{minute:02d}",
            "24-none": f"{hour:02d}{minute:02d}",
            "12": f"{twelve}:{minute:02d}",
            "12-dots": f"{twelve}.{minute:02d}",
            "12-suffix": f"{twelve}:{minute:02d}{suffix}",
            "12-dots-suffix": f"{twelve}.{minute:02d}{suffix}",
        }[self.style]

    def span(self, start: int, end: int) -> str:
        return f"{self.time(start)}{self.separator}{self.time(end)}"

    def span_lines(self, start: int, end: int) -> tuple[str, ...]:
        """The span broken where a narrow column breaks it: after the dash."""
        first = self.time(start) + self.separator.rstrip()
        return (first, self.time(end))

    def words(self) -> tuple[str, ...]:
        """What the manifest of a set says of it."""
        hours = "24-hour" if self.style.startswith("24") else "12-hour"
        found = [hours]
        if "dots" in self.style:
            found.append("dots")
        if self.style.endswith("none"):
            found.append("no-separator")
        if hours == "12-hour" and "suffix" not in self.style:
            found.append("no-suffix")
        if "–" in self.separator:
            found.append("en-dash")
        return tuple(found)


def pick_clock(rng: Random, styles: tuple[str, ...] = STYLES) -> Clock:
    return Clock(style=rng.choice(styles), separator=rng.choice(SEPARATORS))
