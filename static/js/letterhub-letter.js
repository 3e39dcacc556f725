// <letterhub-letter src="…/embed/letters/…">: shows a letter in a frame as tall as its content. Until the frame reports its
// height, what stands in the element is shown: a link to the letter, also where the site may not show it.
(() => {
  const MAX_HEIGHT = 20000;
  const SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox";

  class LetterhubLetter extends HTMLElement {
    connectedCallback() {
      const address = this.address();
      if (!address) return;
      if (!this.frame) {
        this.frame = document.createElement("iframe");
        this.frame.title = this.textContent.trim() || "Letterhub";
        this.frame.setAttribute("sandbox", SANDBOX);
        Object.assign(this.frame.style, { border: "0", display: "block", height: "0", width: "100%" });
        this.frame.src = address.href;
        this.style.display = "block";
        this.append(this.frame);
      }
      this.listener = (event) => this.receive(event, address.origin);
      window.addEventListener("message", this.listener);
    }

    disconnectedCallback() {
      window.removeEventListener("message", this.listener);
    }

    address() {
      try {
        const address = new URL(this.getAttribute("src") ?? "", document.baseURI);
        return /^https?:$/.test(address.protocol) ? address : null;
      } catch {
        return null;
      }
    }

    receive(event, origin) {
      if (event.source !== this.frame.contentWindow || event.origin !== origin) return;
      const height = event.data?.letterhubHeight;
      if (!Number.isFinite(height) || height <= 0) return;
      this.frame.title = this.textContent.trim() || this.frame.title;
      for (const node of [...this.childNodes]) if (node !== this.frame) node.remove();
      this.frame.style.height = `${Math.min(Math.ceil(height), MAX_HEIGHT)}px`;
    }
  }

  if (!customElements.get("letterhub-letter")) customElements.define("letterhub-letter", LetterhubLetter);
})();
