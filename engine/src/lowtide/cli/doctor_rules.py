"""What the settings decide by, for `lowtide doctor`: a policy that can be read, and inputs where its layers need classes."""

from __future__ import annotations

from collections.abc import Iterator

from lowtide.cli.finding import Finding, guarded
from lowtide.errors import LowtideError
from lowtide.settings import Settings, load_settings


def examine_rules() -> Iterator[Finding]:
    """Look at the policy and the inputs that the settings name; without a policy there is nothing to say."""
    try:
        settings = load_settings()
    except LowtideError as error:
        yield Finding("policy", "fail", error.message, "hint", {"hint": error.hint})
        return
    if settings.policy:
        yield guarded("policy", lambda: _policy(settings))


def _policy(settings: Settings) -> Finding:
    from lowtide.catalogue import load_catalogue, load_locations
    from lowtide.inputs import load_inputs
    from lowtide.policy import class_layers, load_policy, places_of

    places = places_of(load_locations(settings.locations)) if settings.locations else None
    policy = load_policy(settings.policy, places)
    needy = class_layers(policy)
    learned = load_inputs(settings.inputs) if settings.inputs else None
    if learned is None or all(one.classes is None for one in learned.sets.values()):
        items = load_catalogue(settings.catalogue) if settings.catalogue else None
        has_own = items is not None and any(items["abc"].to_pylist())
        needy = class_layers(policy, ["xyz"]) if has_own else needy
        if needy:
            layers = ", ".join(f"`{name}`" for name in needy)
            return Finding("policy", "warn", str(settings.policy), "policy_needs_classes", {"layers": layers})
    return Finding("policy", "ok", str(settings.policy))
