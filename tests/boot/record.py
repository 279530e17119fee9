# SPDX-License-Identifier: GPL-2.0-or-later
"""The content of report.json, by the names of its fields in doc/.

The only place of the boot tests that knows the report's fields.
"""


class Record:
    """One report; None as data stands for a report that was not written."""

    def __init__(self, data):
        self.data = data or {}
        self.present = data is not None

    def target(self, name):
        """The object of a target; empty when the report has none of that name."""
        for target in self.data.get("targets", []):
            if target.get("name") == name:
                return target
        return {}

    def names(self):
        """Names of all targets."""
        return [target.get("name") for target in self.data.get("targets", [])]

    def state(self, name):
        """How a target ended: reserved, refused, rolled back, ..."""
        return self.target(name).get("state")

    def reason(self, name):
        """The reason code of a target, or None."""
        return self.target(name).get("reason")

    def roles(self, name):
        """{address: role} of a target's functions."""
        return {f["address"]: f["role"] for f in self.target(name).get("functions", [])}

    def blockers(self, name):
        """Addresses of the functions that are in the way."""
        return sorted(f["address"] for f in self.target(name).get("blockers", []))

    def errors(self):
        """What is wrong with the config, as one text."""
        return str(self.data.get("config", {}).get("error") or "")

    def kernel(self):
        """The kernel release that the report names."""
        return self.data.get("kernel")

    def iommu_active(self):
        return self.data.get("iommu", {}).get("active")

    def iommu_units(self):
        """Names of the IOMMUs that the kernel has registered."""
        return self.data.get("iommu", {}).get("units")

    def notes(self):
        """What the program could not read."""
        return self.data.get("notes")

    def written(self):
        """Whether the report claims any action that changed something."""
        return [action for action in self.data.get("actions", [])
                if action.get("result") == "done" and action.get("type") != "verify"]
