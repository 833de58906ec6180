// The browser loads this page, which nobody sees, with each of its developer tools.
chrome.devtools.panels.create('402', 'icons/purse-16.png', 'src/pages/devtools/panel.html');
