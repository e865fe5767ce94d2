"""The policy file with the proposed layers: the text as it was, then each layer with a reason above every value.

The layers are put after those of the text. If that does not make the policy that was judged, for instance because the text
writes its layers within brackets, the whole policy is written anew, without its comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

import yaml

from lowtide.errors import PolicyError
from lowtide.policy import Policy, compile_policy, policy_document, policy_text, read_policy_text
from lowtide.tune.proposal import Proposal
from lowtide.tune.tune import Tuning
from lowtide.words import Language

_WIDTH = 110
_NAME = "policy.yaml"
_LINES = ("watch", "warning", "critical")


def written(tuning: Tuning, text: str, tell: Language) -> str:
    """The text of the policy now with the proposals after it; an empty text is that of the defaults."""
    policy, layers = tuning.policy, tuning.proposals
    own = policy.model_copy(update={"layers": policy.layers[: len(policy.layers) - len(layers)]}).at(
        policy.places
    )
    for base in (text, policy_text(policy_document(own), policy.places)):
        made = _with_layers(base, tuning, tell)
        if _makes(made, policy):
            return made
    raise PolicyError(
        "the policy with the proposed layers cannot be written", "Write the values of `tune.json` by hand."
    )


def _makes(text: str, policy: Policy) -> bool:
    try:
        read = read_policy_text(text, _NAME, policy.places)
    except PolicyError:
        return False
    return bool(compile_policy(read)["version"] == compile_policy(policy)["version"])


def _with_layers(text: str, tuning: Tuning, tell: Language) -> str:
    """The text with the layers at the end of its `layers:`, or with a `layers:` of their own."""
    lines = text.rstrip().splitlines()
    head = next((n for n, line in enumerate(lines) if re.match(r"layers:\s*(#.*)?$", line)), None)
    if head is None:
        return "\n".join([*lines, *([""] if lines else []), "layers:", *_layers(tuning, tell, "  ")]) + "\n"
    rest = lines[head + 1 :]
    end = next((n for n, line in enumerate(rest) if re.match(r"[^\s#-]", line)), len(rest))
    indent = next((found[1] for line in rest[:end] if (found := re.match(r"(\s*)- ", line))), "  ")
    before, after = rest[:end], rest[end:]
    return "\n".join([*lines[: head + 1], *before, "", *_layers(tuning, tell, indent), *after]) + "\n"


def _layers(tuning: Tuning, tell: Language, indent: str) -> list[str]:
    found: list[str] = []
    for number, one in enumerate(tuning.proposals):
        body = [*_comment(_about(one, tuning, tell), 2)] if number == 0 else []
        body += [f"  name: {_scalar(one.name)}", *_match(one.match["category"]), "  set:"]
        for name, value in one.set.items():
            body += _comment(reason(one, name, tell), 4)
            body.append(f"    {name}: {_scalar(value)}")
        first = next(n for n, line in enumerate(body) if not line.lstrip().startswith("#"))
        body[first] = "- " + body[first][2:]
        body[:first] = [line[2:] for line in body[:first]]
        found += [*([""] if number else []), *(f"{indent}{line}" for line in body)]
    return found


def _match(categories: Sequence[str]) -> list[str]:
    """The lines of `match:`; a long list goes on in the next line."""
    lines = ["  match: {category: ["]
    for number, name in enumerate(categories):
        text = _scalar([name])[1:-1] + (", " if number < len(categories) - 1 else "]}")
        if len(lines[-1]) + len(text) > _WIDTH - 2:
            lines.append("    ")
        lines[-1] += text
    return [line.rstrip() for line in lines]


def _about(one: Proposal, tuning: Tuning, tell: Language) -> str:
    parts = tuning.parts
    return tell.say(
        "tune.file.about", first=parts.first.isoformat(), last=parts.choosing.to_dict()["last"],
        judged=parts.judge_from.isoformat(),
    )  # fmt: skip


def reason(one: Proposal, name: str, tell: Language) -> str:
    """Why a value is proposed, with its figures, as one sentence or a few."""
    if name == "off":
        said = [
            tell.say(
                "tune.reason.off", type=tell.word("type", type_), rated=tell.number(rating.rated),
                right=tell.number(rating.right), most=tell.share(rating.at_most, 0),
            )
            for type_, rating in one.ratings.items()
        ]  # fmt: skip
        return " ".join(said)
    was = one.was[name]
    before = tell.say("tune.reason.shipped") if was is None else tell.say("tune.reason.was", value=was)
    if name in _LINES[1:]:
        return tell.say("tune.reason.beside", before=before)
    return tell.say(
        f"tune.reason.{name}", before=before, pushes_before=tell.number(one.before.pushes),
        pushes_after=tell.number(one.after.pushes), loss_before=tell.amount(one.before.loss),
        loss_after=tell.amount(one.after.loss), in_time_before=tell.number(one.before.in_time),
        in_time_after=tell.number(one.after.in_time), stockouts=tell.number(one.after.stockouts),
    )  # fmt: skip


def _comment(text: str, indent: int) -> Iterator[str]:
    room = _WIDTH - indent - 4
    for line in _wrapped(text, room):
        yield f"{' ' * indent}# {line}"


def _wrapped(text: str, width: int) -> Sequence[str]:
    """Lines of a text; Chinese has no spaces to break at, and its signs are twice as wide."""
    return wrap(text, width if text.isascii() else width // 2, break_on_hyphens=False)


def _scalar(value: Any) -> str:
    """A value of one line as YAML writes it."""
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10**9)
    return text.removesuffix("\n").removesuffix("\n...")
