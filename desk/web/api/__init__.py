"""The API's parts, one file each, in one visible list. The same actions as the command line."""

from fastapi import APIRouter

from desk.web.api import live, planning, rosters, site

ROUTERS: list[APIRouter] = [site.router, rosters.router, live.router, planning.router]
