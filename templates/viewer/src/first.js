// The first thing that runs on every page, before anything can go wrong: a code
// in the address (the letter's QR code) is taken out of it, so that it stays in
// no history. Written as in 2009, for a browser that is too old for the rest.
// A page that another page opened gets no code from that page.
(function () {
  function wipe() {
    var at = location.href.indexOf("#");
    if (at < 0 || at === location.href.length - 1) return "";
    var text = location.href.slice(at + 1);
    try {
      history.replaceState(null, "", location.href.slice(0, at));
    } catch (e) {
      location.replace("#");
    }
    return text;
  }
  var text = wipe();
  if (!window.opener) window.inzageCode = text;
  if (window.addEventListener) window.addEventListener("hashchange", wipe, false);
})();
