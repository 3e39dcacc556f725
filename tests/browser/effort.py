"""Count of what a journey asks of a person: taps, and fields that are filled in."""

from playwright.sync_api import BrowserContext

COUNT = """() => {
  const fields = new Set();
  const count = (kind) => window.countEffort(kind);
  addEventListener("pointerdown", (event) => { if (!event.target.closest("select")) count("taps"); }, true);
  for (const name of ["input", "change"]) addEventListener(name, (event) => {
    const field = event.target;
    if (["checkbox", "radio"].includes(field.type) || fields.has(field)) return;
    fields.add(field);
    count("fields");
  }, true);
}"""


class EffortCounter:
    """Taps and fields of all pages of a browser context since `start`; a choice in a list is a field."""

    def __init__(self, context: BrowserContext) -> None:
        self.taps = self.fields = 0
        context.expose_function("countEffort", self._count)
        context.add_init_script(f"({COUNT})()")

    def start(self) -> None:
        """Begin a journey."""
        self.taps = self.fields = 0

    def _count(self, kind: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
