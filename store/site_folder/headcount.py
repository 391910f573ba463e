"""headcount.toml: what the recruiting plan assumes. Optional; what is not given has its default."""

from centre.headcount import Headcount
from centre.people import Contract
from centre.said import Said
from store.site_folder.door import Door, as_written, one_of
from store.site_folder.toml_tables import Tables, read_shape, read_toml

FILE = "headcount.toml"


def read_headcount(door: Door, contracts: Tables[Contract]) -> Headcount:
    """The plan's figures; contracts that are hired on exist."""
    document = read_toml(door, FILE, needed=False)
    if document is None:
        return Headcount()
    plan = read_shape(door, FILE, "", Headcount, document) or Headcount()
    for number, hiring in enumerate(plan.hiring):
        if contracts.lacks(hiring.contract):
            allowed = one_of(hiring.contract, contracts.names, Said("a contract of contracts.toml"))
            door.complain(FILE, f"hiring[{number}].contract", as_written(hiring.contract), allowed)
    return plan
