"""The API's parts, one file each, in one visible list. The same actions as the command line."""

from fastapi import APIRouter

from desk.web.api import administration, keeping, live, planning, proposals, requests, rosters, site

ROUTERS: list[APIRouter] = [
    site.router,
    rosters.router,
    live.router,
    proposals.router,
    planning.router,
    requests.router,
    keeping.router,
    administration.router,
]
