"""A policy decides which positions get which alerts: layers of values, of which the more specific and later one wins.

text ──▶ document (YAML with line and column) ──▶ model (checked) ──▶ compiled (sorted layers for the core)

load_policy("policy.yaml")   a checked Policy, or one PolicyError that lists every mistake
compile_policy(policy)       the JSON that the native core resolves at first sight of a position
policy_schema()              JSON Schema for editors
"""

from lowtide.policy.classes import check_classes, class_layers
from lowtide.policy.compiled import compile_policy, policy_document, policy_record, with_unset
from lowtide.policy.loading import load_policy, policy_schema, read_policy_text
from lowtide.policy.model import Layer, Policy, Terms
from lowtide.policy.places import Places, places_of
from lowtide.policy.written import policy_text

__all__ = [
    "Layer",
    "Places",
    "Policy",
    "Terms",
    "check_classes",
    "class_layers",
    "compile_policy",
    "load_policy",
    "places_of",
    "policy_document",
    "policy_record",
    "policy_schema",
    "policy_text",
    "read_policy_text",
    "with_unset",
]
