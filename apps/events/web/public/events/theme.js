// Runs before the first paint, so that a chosen theme or direction does not flash.
try {
  const theme = localStorage.getItem('carillon-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.setAttribute('data-theme', theme);
  const language = localStorage.getItem('carillon-language') || (navigator.languages || [''])[0] || '';
  if (/^ar\b/i.test(language)) document.documentElement.setAttribute('dir', 'rtl');
} catch {
  // Without storage the page follows the device.
}
