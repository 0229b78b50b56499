// Evaluated in the page: texts that stand out less than 4.5 to 1 from what is behind them, WCAG 2.2 success criterion 1.4.3.
(() => {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red = 0, green = 0, blue = 0] = color.map((channel) => {
      const value = channel / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    if (element === null) return [255, 255, 255];
    const color = channels(getComputedStyle(element).backgroundColor);
    return color.length === 4 && color[3] === 0 ? behind(element.parentElement) : color.slice(0, 3);
  };
  const weak = [];
  for (const element of document.querySelectorAll('body *')) {
    const hasWords = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!hasWords || element.getClientRects().length === 0 || element.tagName === 'OPTION') continue;
    const pair = [luminance(channels(getComputedStyle(element).color).slice(0, 3)), luminance(behind(element))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) weak.push(`${ratio.toFixed(2)}: ${element.textContent}`);
  }
  return weak;
})();
