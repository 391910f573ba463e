"""Reallocation: when service drops, the right moves at once (FLR-1, SHF-7, ORG-5)."""
