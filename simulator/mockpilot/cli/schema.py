"""``mockpilot schema``: the JSON Schemas of a dialect, or that of ``result.json``, on standard output."""

from __future__ import annotations

import click


@click.command()
@click.option("--dialect", metavar="NAME", help="whose schemas (list dialects)  [default: chargepilot]")
@click.option("--result", is_flag=True, help="the schema of result.json instead")
def schema(dialect: str | None, *, result: bool) -> int:
    """Print the JSON Schemas of a dialect, by the titles that the official ones have.

    Each value of the object stands alone. They are this tool's own, derived from what it reads and writes.

    mockpilot schema --dialect vdv-1.1 > schemas.json
    """
    import json

    if result:
        from mockpilot.results.records import schema_text

        click.echo(schema_text(), nl=False)
        return 0
    from mockpilot.protocol.schema import schemas
    from mockpilot.protocol.vocabulary import DEFAULT_DIALECT
    from mockpilot.protocol.vocabulary import dialect as find

    known = schemas(find(dialect) if dialect else DEFAULT_DIALECT)
    click.echo(json.dumps(known, indent=2, ensure_ascii=False))
    return 0
