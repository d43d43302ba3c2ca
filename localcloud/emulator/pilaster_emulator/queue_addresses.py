"""A queue keeps its URL when the platform comes back on another port.

ministack makes a queue's URL from its name and the port it listens on, and looks for the queue by
that URL. After a restart on another port (another project took the former one) no consumer, no rule
and no name would find any queue that was there before.
"""

from __future__ import annotations


def install() -> None:
    from ministack.services import sqs

    stock = sqs._queue_url

    def queue_url(name: str) -> str:
        url = stock(name)
        if url in sqs._queues:
            return url
        path = "/" + url.split("/", 3)[3]
        return next((known for known in list(sqs._queues) if known.endswith(path)), url)

    sqs._queue_url = queue_url
