"""The floor now, once or as a stream."""

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from desk.web.api.problem import ANSWERS
from desk.web.ask import Ask, Asked
from desk.web.live import Hub, Variant

router = APIRouter(prefix="/live", tags=["floor"], responses=ANSWERS)


def _variant(ask: Ask) -> Variant:
    ask.require("wall")
    people = ask.who.may("wall.people")
    if people:
        ask.looked_at("floor")
    return ask.words.language, people


@router.get("")
def live(ask: Asked) -> Response:
    """Each queue now, who is away from the roster and since when, open alerts. Times are UTC milliseconds."""
    hub: Hub = ask.request.app.state.hub
    return Response(hub.text(_variant(ask)), media_type="application/json")


@router.get("/stream", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def stream(ask: Asked) -> StreamingResponse:
    """The same as server-sent events: at once, then whenever it changes."""
    hub: Hub = ask.request.app.state.hub
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(hub.stream(_variant(ask)), media_type="text/event-stream", headers=headers)
