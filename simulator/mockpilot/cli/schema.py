"""``mockpilot schema``: the JSON Schemas of a dialect, as one object on standard output."""

from __future__ import annotations

import click


@click.command()
@click.option("--dialect", metavar="NAME", help="whose schemas (list dialects)  [default: chargepilot]")
def schema(dialect: str | None) -> int:
    """Print the JSON Schemas of a dialect, by the titles that the official ones have.

    Each value of the object stands alone. They are this tool's own, derived from what it reads and writes.

    mockpilot schema --dialect vdv-1.1 > schemas.json
    """
    import json

    from mockpilot.protocol.schema import schemas
    from mockpilot.protocol.vocabulary import DEFAULT_DIALECT
    from mockpilot.protocol.vocabulary import dialect as find

    known = schemas(find(dialect) if dialect else DEFAULT_DIALECT)
    click.echo(json.dumps(known, indent=2, ensure_ascii=False))
    return 0
