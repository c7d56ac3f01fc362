"""``mockpilot certs`` and ``mockpilot init``: what a lab or a vendor sets up once."""

from __future__ import annotations

from pathlib import Path

import click

from mockpilot.errors import UsageError


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--host", "hosts", multiple=True, metavar="NAME",
              help="name or address of the CMS; repeatable  [default: localhost, 127.0.0.1]")
def certs(out: Path, hosts: tuple[str, ...]) -> int:
    """Write a CA, a server certificate and their keys into the folder OUT, for a lab that outlives one run."""
    from mockpilot.cms.tls import write

    write(out, hosts or ("localhost", "127.0.0.1"))
    click.echo(f"{out}: ca.pem (give it to the products), ca.key, server.pem, server.key — keep the keys to yourself")
    click.echo(f'use them: [cms] certs = "{out}" in a profile')
    return 0


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def init(file: Path) -> int:
    """Write a commented profile into FILE, to be filled in."""
    from mockpilot.profile import commented_profile

    try:
        with file.open("x", encoding="utf-8") as profile:
            profile.write(commented_profile())
    except FileExistsError as error:
        raise UsageError(f"{file}: it exists already; name another file or remove it") from error
    except OSError as error:
        raise UsageError(f"{file}: a file that can be written is expected: {error.strerror}") from error
    click.echo(f"{file}: fill it in, then: mockpilot check --profile {file}")
    return 0
