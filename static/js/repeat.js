/* Adds, moves and removes blocks of fields. Without JavaScript the same buttons submit the form. */
(() => {
  const list = document.querySelector("[data-repeat]");
  if (!list) return;

  const form = list.closest("form");
  const blocks = list.querySelector("[data-blocks]");
  const template = document.getElementById(list.dataset.repeat).content;
  const NUMBERED = ["id", "name", "for", "value", "aria-describedby"];

  function renumber() {
    [...blocks.children].forEach((block, at) => {
      for (const element of block.querySelectorAll("*")) {
        for (const attribute of NUMBERED.filter((name) => element.hasAttribute(name) && !(name === "value" && element.tagName === "INPUT"))) {
          element.setAttribute(attribute, element.getAttribute(attribute).replace(/-(\d+|AT)(?=-|$)/g, `-${at}`));
        }
      }
      block.querySelector("[data-number]").textContent = at + 1;
    });
  }

  function add() {
    blocks.append(template.cloneNode(true));
    return blocks.lastElementChild.querySelector("input");
  }

  function remove(block) {
    const next = block.nextElementSibling ?? block.previousElementSibling;
    block.remove();
    return next?.querySelector("input") ?? list.querySelector("[data-act=add]");
  }

  function move(block, button) {
    const other = button.dataset.act === "up" ? block.previousElementSibling : block.nextElementSibling;
    if (other) other[button.dataset.act === "up" ? "before" : "after"](block);
    return button.checkVisibility() ? button : block.querySelector("input");
  }

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-act]");
    if (!button) return;
    event.preventDefault();
    const block = button.closest("[data-block]");
    const focus = { add, remove: () => remove(block), up: () => move(block, button), down: () => move(block, button) }[button.dataset.act]();
    renumber();
    focus.focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });

  form.addEventListener("letterhub:blocks", ({ detail: count }) => {
    while (blocks.children.length < count) add();
    while (blocks.children.length > count) blocks.lastElementChild.remove();
    renumber();
  });
})();
