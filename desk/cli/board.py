"""The web board, and who may come in."""

import os
import sys
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from centre.said import Said
from desk import actions, clock
from desk.cli.options import Json, Language, SiteFolder
from desk.terminal import note, say, say_json, told

if TYPE_CHECKING:
    from store.accounts import Account

users = typer.Typer(name="users", help="Accounts of the web board: add, list, change; tokens.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.", show_default=False)]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", help="agent, leader, inspector, manager, planner, head, director, administrator; several."),
]
Agent = Annotated[str | None, typer.Option("--agent", metavar="ID", help="Who it is in agents.csv.")]
By = "command line"


def board(
    site: SiteFolder,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8350,
    source: Annotated[
        str, typer.Option(metavar="embedded|kafka", help="Watch these events too. Default: `paiban watch` does.")
    ] = "",
    proxy_header: Annotated[
        str, typer.Option(metavar="HEADER", help="The header in which a trusted proxy names who is there.")
    ] = "",
    proxy: Annotated[list[str] | None, typer.Option(metavar="ADDRESS", help="Where that proxy calls from.")] = None,
    language: Language = "",
) -> None:
    """Serve the board: wall, month, day, requests, my work, forecast, what if; to this machine unless told otherwise.

    Without accounts it is open to whoever sits at this machine, and refuses to listen to the network.

    Example: paiban board hotline --port 8350
    """
    from desk.web.serve import serve
    from desk.web.settings import BoardSettings, open_id_from

    settings = BoardSettings(
        host=host,
        port=port,
        language=language,
        source=source,
        proxy_header=proxy_header,
        proxies=tuple(proxy or ("127.0.0.1", "::1")),
        open_id=open_id_from(os.environ),
    )
    serve(site, settings, clock.now, ready=lambda: note(f"http://{host}:{port}/"))


@users.command("add")
def add(
    site: SiteFolder,
    name: Name,
    role: Roles = None,
    agent: Agent = None,
    elsewhere: Annotated[
        bool, typer.Option("--no-password", help="Signs in by OpenID Connect or the trusted proxy.")
    ] = False,
    json: Json = False,
) -> None:
    """Add an account. The password is asked for, or read as a line from standard input.

    Example: paiban users add hotline wang --role leader --agent l01
    """
    from desk.actions.accounts import add_account

    password = None if elsewhere else _password()
    with actions.open_place(site) as place:
        made = add_account(place, name, password, role or [], agent or "", by=By)
    _tell(made, json)


@users.command("change")
def change(
    site: SiteFolder,
    name: Name,
    role: Roles = None,
    agent: Agent = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
    lock: Annotated[bool | None, typer.Option("--lock/--unlock", help="Whether it may sign in.")] = None,
    json: Json = False,
) -> None:
    """Change an account; its browsers are signed out.

    Example: paiban users change hotline wang --lock
    """
    from desk.actions.accounts import change_account

    with actions.open_place(site) as place:
        changed = change_account(
            place, name, by=By, password=_password() if password else None, roles=role, agent=agent, disabled=lock
        )
    _tell(changed, json)


@users.command("list")
def list_users(site: SiteFolder, json: Json = False) -> None:
    """Every account with its roles.

    Example: paiban users list hotline
    """
    from desk.actions.accounts import account_row, accounts_of

    with actions.open_place(site) as place:
        found = accounts_of(place).all()
    if json:
        say_json({"accounts": [account_row(row) for row in found]})
        return
    for row in found:
        roles = Said.listed(Said.term("role", role) for role in row.roles)
        locked = Said("locked") if row.disabled else ""
        say(Said("{name}  {roles}  {agent}  {locked}", name=row.name, roles=roles, agent=row.agent, locked=locked))
    if not found:
        say(Said("There are no accounts yet."))


@users.command("token")
def token(
    site: SiteFolder,
    name: Name,
    scope: Annotated[list[str], typer.Option("--scope", help="read, requests, roster, planning, floor, wall, admin.")],
    label: Annotated[str, typer.Option("--for", metavar="WHAT", help="What it is for.")] = "command line",
    days: Annotated[int, typer.Option(min=1, max=3660, help="How long it holds.")] = 365,
    json: Json = False,
) -> None:
    """Make an API token of an account: it is printed this once.

    With --scope wall and no other it lets a screen across the room in: open /screen/TOKEN on it once, and it shows the
    wall and nothing else.

    Example: paiban users token hotline wang --scope read --days 90
    """
    from desk.actions.accounts import accounts_of, make_token

    with actions.open_place(site) as place:
        owner = accounts_of(place).get(name)
        secret, expires = make_token(place, owner, label, scope, days, by=By)
    if json:
        say_json({"token": secret, "expires_at": expires.isoformat()})
    else:
        say(secret)


def _password() -> str:
    if sys.stdin.isatty():
        return getpass(told(Said("Password: ")), stream=sys.stderr)
    return sys.stdin.readline().rstrip("\r\n")


def _tell(account: "Account", json: bool) -> None:
    from desk.actions.accounts import account_row

    if json:
        say_json(account_row(account))
    else:
        say(Said("{name}: {roles}", name=account.name, roles=[Said.term("role", role) for role in account.roles]))
