// Offers to comment on the words that are selected on the draft's sheet.

const sheet = document.querySelector("[data-draft]");
const offer = document.querySelector("[data-selection]");
const form = document.getElementById("new-comment");

const selectedWords = () => {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return "";
  const isOnSheet = sheet.contains(selection.anchorNode) && sheet.contains(selection.focusNode);
  return isOnSheet ? selection.toString().trim().replace(/\s+/g, " ").slice(0, 300) : "";
};

if (form && offer) {
  let words = "";
  document.addEventListener("selectionchange", () => {
    const selected = selectedWords();
    if (selected || !offer.contains(document.activeElement)) {
      words = selected;
      offer.hidden = !words;
    }
  });
  offer.querySelector("button").addEventListener("pointerdown", (event) => event.preventDefault()); // keep the selection
  offer.querySelector("button").addEventListener("click", () => {
    form.elements.words.value = words;
    form.elements.passage.value = "";
    offer.hidden = true;
    form.elements.text.focus();
    form.scrollIntoView({ block: "start" });
  });
}
