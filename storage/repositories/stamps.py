"""Convert dates with their evidence to and from JSON, which is stored in one column."""

from __future__ import annotations

import json
from datetime import datetime

from storage.model.articles import DateStamp, Precision


def stamp_to_json(stamp: DateStamp | None) -> str | None:
    """Return a stamp as JSON; None for None."""
    if stamp is None:
        return None
    fields = {
        "moment": stamp.moment.isoformat(),
        "precision": stamp.precision.value,
        "raw": stamp.raw,
        "found_in": stamp.found_in,
        "zone": stamp.zone,
    }
    return json.dumps(fields, ensure_ascii=False)


def stamp_from_json(text: str | None) -> DateStamp | None:
    """Return the stamp that `stamp_to_json` serialised; None for None."""
    if text is None:
        return None
    fields = json.loads(text)
    return DateStamp(
        moment=datetime.fromisoformat(fields["moment"]),
        precision=Precision(fields["precision"]),
        raw=fields["raw"],
        found_in=fields["found_in"],
        zone=fields["zone"],
    )
