"""Disruptions that ship, for `paiban rehearse --disruption`: one TOML file each."""
