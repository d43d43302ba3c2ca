"""Streams of tables outlive the emulator, as their readers' places in them do.

ministack keeps how far a mapping has read and forgets the records: after a restart as many new ones
would be passed over as were read before, without a word.
"""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger("pilaster.streams")

_KEPT = {"stream_trimmed": "_stream_trimmed", "stream_records": "_stream_records"}
"""What is added to the state of DynamoDB, and where ministack has it. Whoever polls meanwhile must
not see records before it is known which is the first."""


def install() -> None:
    """Save the records with their tables."""
    from ministack.core.responses import AccountRegionScopedDict
    from ministack.services import dynamodb

    stock_get, stock_load = dynamodb.get_state, dynamodb.load_persisted_state

    def get_state() -> dict[str, Any]:
        state = stock_get()
        for name, attribute in _KEPT.items():
            kept = state[name] = AccountRegionScopedDict()
            for (account, region, table), held in getattr(dynamodb, attribute).all_items():
                # Records are added and never changed: the list is copied, they are not.
                value = list(held) if isinstance(held, list) else held
                kept.set_scoped(account, region, table, value)
        return state

    def load_persisted_state(data: dict[str, Any] | None) -> None:
        stock_load(data)
        for name, attribute in _KEPT.items():
            getattr(dynamodb, attribute).update((data or {}).get(name, {}))

    dynamodb.get_state = get_state
    dynamodb.load_persisted_state = load_persisted_state


def resume() -> None:
    """No reader stands behind the end of its stream: a mapping's place may have been saved a moment
    after the records it counts."""
    from ministack.core.arn import ArnParseError, parse_arn
    from ministack.services import dynamodb, lambda_svc

    positions = lambda_svc._dynamodb_stream_positions
    for (account, region, mapping), place in positions.all_items():
        esm = lambda_svc._esms.get_scoped(account, region, mapping) or {}
        try:
            source = lambda_svc._dynamodb_stream_table_from_arn_spec(
                parse_arn(esm.get("EventSourceArn", ""))
            )
        except ArnParseError:
            continue
        if source is None:
            continue
        end = dynamodb.stream_end_position(source[0], account_id=account, region=region)
        if place > end:
            log.info(
                "mapping %s goes back from %d to the end of its stream, %d", mapping, place, end
            )
            positions.set_scoped(account, region, mapping, end)
