"""A map says how documents of others become movements: text with holes, and a fixed set of steps.

text ──▶ document (YAML with line and column) ──▶ model (checked) ──▶ compiled with its look-ups (executed by the core)

load_map("map.yaml")   a checked and compiled Map, or one MapError that lists every mistake
map_schema()           JSON Schema for editors
find_map, map_files    maps by path or by name
guess                  a first map of a sample, for a person to read
"""

from lowtide.map.loading import Map, load_map
from lowtide.map.model import MapFile
from lowtide.map.naming import SHIPPED, find_map, map_files, map_name
from lowtide.map.schema import map_schema

__all__ = ["SHIPPED", "Map", "MapFile", "find_map", "load_map", "map_files", "map_name", "map_schema"]
