// Shows under the form how the line will print, while it is typed.

const form = document.getElementById("sign");
const place = form.querySelector(".line-to-be");
const [name, detail] = place.querySelectorAll("strong, span");
const { shown } = place.dataset;

const typed = (field) => (form.elements[field]?.value ?? "").trim().replace(/\s+/g, " ");
const joined = (...parts) => parts.filter(Boolean).join(", ");

function draw() {
  const person = form.elements.kind ? typed("kind") === "individual" : !form.elements.organization;
  const about = person
    ? joined(typed("signer_title"), typed("affiliation"))
    : joined(typed("signer_name"), typed("signer_title"));
  const where = shown === "location" ? typed("location") : "";
  if (shown === "block" && !person && typed("signer_name")) {
    name.textContent = typed("signer_name");
    detail.textContent = joined(typed("signer_title"), typed("organization"));
    place.hidden = false;
    return;
  }
  name.textContent = typed(person ? "signer_name" : "organization");
  detail.textContent = [person || shown !== "organization" ? about : "", where].filter(Boolean).join(" · ");
  place.hidden = !name.textContent;
}

form.addEventListener("input", draw);
draw();
