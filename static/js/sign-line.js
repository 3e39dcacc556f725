// Shows the line as it will print below the signing form while the signer types.

const form = document.getElementById("sign");
const preview = form.querySelector(".line-preview");
const [name, detail] = preview.querySelectorAll("strong, span");
const { shown } = preview.dataset;

const value = (field) => (form.elements[field]?.value ?? "").trim().replace(/\s+/g, " ");
const joinNonEmpty = (...parts) => parts.filter(Boolean).join(", ");

function update() {
  const isIndividual = form.elements.kind ? value("kind") === "individual" : !form.elements.organization;
  const description = isIndividual
    ? joinNonEmpty(value("signer_title"), value("affiliation"))
    : joinNonEmpty(value("signer_name"), value("signer_title"));
  const locationText = shown === "location" ? value("location") : "";
  if (shown === "block" && !isIndividual && value("signer_name")) {
    name.textContent = value("signer_name");
    detail.textContent = joinNonEmpty(value("signer_title"), value("organization"));
    preview.hidden = false;
    return;
  }
  name.textContent = value(isIndividual ? "signer_name" : "organization");
  detail.textContent = [isIndividual || shown !== "organization" ? description : "", locationText].filter(Boolean).join(" · ");
  preview.hidden = !name.textContent;
}

form.addEventListener("input", update);
update();
