"""What every form of ours brings back."""

import hmac

from fastapi import HTTPException

from centre.said import Said
from desk.web.ask import Ask


def checked_form(ask: Ask, csrf: str) -> None:
    """Refuse a form that no page of ours made for this browser.

    Raises
    ------
    HTTPException : 401 for nobody, 403 for a wrong token.
    """
    if ask.person is None:
        raise HTTPException(401, Said("sign in first"))
    if not hmac.compare_digest(csrf.encode(), ask.csrf.encode()):
        raise HTTPException(403, Said("the page is too old: load it again"))
