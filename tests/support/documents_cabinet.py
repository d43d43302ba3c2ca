"""The object store in memory; and judgements and readings in it."""

from __future__ import annotations

from lambdas.documents.model.errors import ObjectTooLargeError, StorageUnavailableError


class Cabinet:
    def __init__(self, **objects: bytes) -> None:
        self.objects = dict(objects)
        self.breaks_at: str | None = None
        """A key whose deletion, or seal, fails once."""

    @property
    def left(self) -> dict[str, bytes]:
        """What is there and not empty."""
        return {key: data for key, data in self.objects.items() if data}

    def read(self, key: str, *, limit: int) -> bytes | None:
        data = self.objects.get(key)
        if data is not None and len(data) > limit:
            raise ObjectTooLargeError(key)
        return data

    def write(self, key: str, data: bytes, *, kind: str = "application/json") -> None:
        self.objects[key] = data

    def delete(self, *keys: str) -> None:
        for key in keys:
            if key == self.breaks_at:
                self.breaks_at = None
                raise StorageUnavailableError(key)
            self.objects.pop(key, None)

    def copy(self, source: str, target: str) -> bool:
        there = self.objects.get(source)
        if there:
            self.objects[target] = there
        return bool(there)

    def seal(self, key: str) -> None:
        if key == self.breaks_at:
            self.breaks_at = None
            raise StorageUnavailableError(key)
        self.objects[key] = b""
        self.delete(
            *[k for k in self.objects if k != key and k.startswith(f"{key.rpartition('.')[0]}.")]
        )

    def erase(self, prefix: str) -> None:
        self.delete(*[key for key in self.objects if key.startswith(prefix)])
