// Tells the page around the frame how tall the letter is, and nothing else: so its height may go to any origin.
(() => {
  if (window.parent === window) return;
  const page = document.documentElement;
  const report = () => window.parent.postMessage({ letterhubHeight: page.getBoundingClientRect().height }, "*");
  new ResizeObserver(report).observe(page);
})();
