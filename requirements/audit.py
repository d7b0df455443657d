"""Audits what is locked: licences we may not ship fail, known vulnerabilities fail, and what could not be asked is said."""

import json
import subprocess
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

# EUPL-1.2 is compatible with these (its Article 5 and appendix) or they ask for attribution only.
ALLOWED = (
    "0bsd",
    "apache",
    "bsd",
    "cc0",
    "eupl",
    "isc",
    "lgpl",
    "mit",
    "mpl",
    "psf",
    "python software foundation",
    "public domain",
    "unlicense",
    "zlib",
)
REFUSED = ("agpl", "affero", "sspl", "busl", "business source", "elastic")
# Of packages whose metadata names no licence, or another than the one that they bring, read from there.
KNOWN: dict[str, str] = {
    "axe-playwright-python": "MIT (its LICENSE file); it brings axe-core, MPL-2.0, which tests run and nobody is given",
    "locate": "MIT (its LICENSE file; its classifier says otherwise)",
    "promql-parser": "MIT (its LICENSE file)",
}


def licence(distribution: Distribution) -> str:
    metadata = distribution.metadata
    stated = [*(metadata.get_all("License-Expression") or []), *(metadata.get_all("Classifier") or [])]
    texts = [text for text in stated if text and ("License ::" in text or not text.count("::"))]
    short = "\n".join(metadata.get_all("License") or []).splitlines()[:1]
    return KNOWN.get(metadata["Name"].lower(), " / ".join([*texts, *short])) or "none stated"


def licences() -> list[str]:
    """Complaints about the licence of anything that is installed."""
    complaints = []
    for distribution in distributions():
        name, text = distribution.metadata["Name"], licence(distribution)
        if name == "hubnetz":
            continue
        lowered = text.lower()
        if any(word in lowered for word in REFUSED) or not any(word in lowered for word in ALLOWED):
            complaints.append(f"{name}: licence {text[:80]!r} is not on the list of requirements/audit.py")
    return sorted(complaints)


def vulnerabilities() -> tuple[list[str], list[str]]:
    """Known vulnerabilities, and components of which none could be asked for."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        str(Path(__file__).with_name("all.txt")),
        "--disable-pip",
        "--require-hashes",
        "--format",
        "json",
        "--progress-spinner",
        "off",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 - our own arguments
        answer = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return [], ["every component (the advisory service did not answer)"]
    found = [
        f"{component['name']} {component['version']}: {advisory['id']}"
        for component in answer["dependencies"]
        for advisory in component.get("vulns", [])
    ]
    return found, [component["name"] for component in answer["dependencies"] if "skip_reason" in component]


def main() -> int:
    complaints = licences()
    found, not_asked = vulnerabilities()
    for line in [*complaints, *found]:
        print(line)
    if not_asked:
        print(
            f"NOT AUDITED for vulnerabilities: {len(not_asked)} components; the advisory service knew or answered nothing: {', '.join(not_asked[:5])} …"
        )
    print(f"audit: {len(complaints)} licences refused, {len(found)} vulnerabilities found")
    return 1 if complaints or found else 0


if __name__ == "__main__":
    raise SystemExit(main())
