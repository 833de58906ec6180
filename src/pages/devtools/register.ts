// Registers the panel. The browser loads this hidden page with each instance of its developer tools.
chrome.devtools.panels.create('402', 'icons/purse-16.png', 'src/pages/devtools/panel.html');
