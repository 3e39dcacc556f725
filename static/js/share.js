// Shows the buttons that pass a letter on, where the browser can.
for (const button of document.querySelectorAll(".share button")) {
  const { link, done } = button.dataset;
  const can = done ? navigator.clipboard : navigator.share;
  button.hidden = !can;
  button.onclick = () => done
    ? can.writeText(link).then(() => { button.textContent = done; }, () => {})
    : navigator.share({ url: link }).catch(() => {});
}
