// Buttons that pass a letter on, where the browser can.
for (const button of document.querySelectorAll(".share button")) {
  const { link: url, done } = button.dataset, { clipboard } = navigator;
  button.hidden = !(done ? clipboard : navigator.share);
  button.onclick = () => (done ? clipboard.writeText(url) : navigator.share({ url }))
    .then(() => done && button.replaceChildren(done), () => {});
}
