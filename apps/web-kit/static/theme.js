// Runs before the first paint, so that a chosen theme does not flash. The choice is made in web-kit's theme.ts.
try {
  const theme = localStorage.getItem('carillon-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.setAttribute('data-theme', theme);
} catch {
  // Without storage the page follows the device.
}
