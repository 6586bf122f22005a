// Runs before the first paint, so that a theme chosen by hand does not flash the other one.
try {
  const theme = localStorage.getItem('sluice.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  if (localStorage.getItem('sluice.lang') === 'en') document.documentElement.lang = 'en'
} catch (_) {}
