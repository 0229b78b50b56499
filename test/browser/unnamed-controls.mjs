// Evaluated in the page: controls that a screen reader could not name.
(() =>
  [...document.querySelectorAll('button, input, select, textarea')]
    .filter((element) => {
      const labels = [...(element.labels ?? [])].map(({ textContent }) => textContent);
      return [element.getAttribute('aria-label'), element.textContent, ...labels].join('').trim() === '';
    })
    .map(({ outerHTML }) => outerHTML))();
