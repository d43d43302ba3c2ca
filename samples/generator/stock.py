"""What a document may be made of: the set decides which faces, schools, people and subjects are in
the drawer.
"""

import hashlib
from dataclasses import dataclass
from random import Random

from samples.generator import fonts, words

SETS = ("development", "held-out")
FLAVOURS = ("primary", "secondary", "nursery", "sixth", "sen")
NOTED = frozenset({"secondary", "sixth"})


def dice(*parts: object) -> Random:
    """Dice that depend on nothing but the parts, whatever Python's hash seed is."""
    text = "/".join(str(part) for part in parts)
    return Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


@dataclass(frozen=True)
class Stock:
    """The drawer of one document, with its own dice.

    `trim` decides what is only trim (dates under the days, letters on top of each other), so that
    a new kind of trim does not turn every week into another.
    """

    rng: Random
    trim: Random
    set_name: str

    @classmethod
    def of(cls, set_name: str, family: str, seed: int) -> "Stock":
        return cls(dice(set_name, family, seed), dice(set_name, family, seed, "trim"), set_name)

    def dates(self) -> tuple[str, ...]:
        """Dates for the five days, on one sheet in eight; else none."""
        if self.trim.random() > 0.125:
            return ()
        monday, month = self.trim.randrange(1, 24), self.trim.choice(("Sept", "Oct", "Nov", "Jan"))
        form = self.trim.choice(("{0} {1}", "{1} {0}"))
        return tuple(form.format(monday + day, month) for day in range(len(words.DAYS)))

    def face(self, *, handwritten: bool = True) -> str:
        if self.set_name == "held-out" and self.rng.random() < 0.6:
            return self.rng.choice(fonts.HELD_OUT)
        faces = [f for f in fonts.DEVELOPMENT if handwritten or f not in fonts.HANDWRITTEN]
        return self.rng.choice(faces)

    def school(self, flavour: str = "primary") -> str:
        return self.rng.choice(words.SCHOOLS[self.set_name][words.LEVEL_OF[flavour]])

    def person(self) -> str:
        return self.rng.choice(words.PEOPLE[self.set_name])

    def initials(self) -> str:
        return "".join(self.rng.choice("ABCDEFGHKLMNPRSTW") for _ in range(self.rng.choice((2, 3))))

    def room(self) -> str:
        return self.rng.choice(words.ROOMS)

    def term(self) -> str:
        return self.rng.choice(words.TERMS)

    def reminder(self) -> str:
        return self.rng.choice(words.REMINDERS).format(day=self.rng.choice(words.DAYS))

    def footer(self, school: str) -> str:
        form = self.rng.choice(words.FOOTERS)
        return form.format(school=school, term=self.term(), n=self.rng.randrange(10))

    def common(self, role: str, flavour: str) -> str:
        return self.rng.choice(words.COMMON[role][flavour])

    def subjects(self, flavour: str, count: int) -> list[str]:
        """Different subjects, the frequent ones likelier; the held-out set mixes in its own."""
        drawer = list(words.SUBJECTS[flavour])
        if self.set_name == "held-out":
            drawer += [(title, weight * 2) for title, weight in words.UNSEEN_SUBJECTS[flavour]]
        ranked = sorted(drawer, key=lambda s: self.rng.random() ** (1 / s[1]), reverse=True)
        titles = [title for title, _ in ranked]
        for title, other in words.SAME_SUBJECT:
            if title in titles and other in titles:
                titles.remove(max(title, other, key=titles.index))
        return titles[:count]

    def title(self, flavour: str) -> str:
        klass = self.rng.choice(words.CLASSES[flavour])
        return self.rng.choice(words.TITLES).format(klass=klass)
