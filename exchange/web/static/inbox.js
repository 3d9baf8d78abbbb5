// Keys for the list of matches. All that they do, the page does without them too.
(function () {
  "use strict";
  var KEY = "exchange.keys";
  var at = null; // the number of the row that was last stood on
  var lent = null; // a tick that a key set for its drawer, and takes back with Escape
  function one(id) { return document.getElementById(id); }
  function on() { try { return localStorage.getItem(KEY) !== "off"; } catch (_error) { return true; } }
  function rows() { return Array.prototype.slice.call(document.querySelectorAll("#baris tbody tr")); }
  function here() { return (at && one(at)) || null; }
  function tick(row) { return row && row.querySelector("input[name=kecocokan]"); }
  function ticked() { return document.querySelectorAll("#baris input[name=kecocokan]:checked").length; }
  function stand(row) {
    if (!row) return;
    rows().forEach(function (each) { each.classList.toggle("here", each === row); });
    at = row.id;
    var link = row.querySelector("th a");
    if (link) { link.focus(); row.scrollIntoView({ block: "nearest" }); }
  }
  function step(by) {
    var all = rows(), place = all.indexOf(here());
    stand(all[place < 0 ? 0 : Math.min(Math.max(place + by, 0), all.length - 1)]);
  }
  function drawer(name, field) {
    var box = one("laci-" + name), row = here(), mark = tick(row);
    if (!box) return;
    if (!ticked()) {
      if (!mark) return;
      mark.checked = true;
      lent = mark;
    }
    box.open = true;
    one(field).focus();
  }
  function accept() {
    if (ticked()) { one("act-accept").click(); return; }
    var row = here(), button = row && row.querySelector("button[name=state][value=accepted]");
    if (button && !button.disabled) button.click();
  }
  var ACTS = {
    j: function () { step(1); },
    k: function () { step(-1); },
    x: function () { var mark = tick(here()); if (mark) { mark.checked = !mark.checked; lent = null; } },
    a: accept,
    r: function () { drawer("reject", "alasan-massal"); },
    t: function () { drawer("snooze", "sampai-massal"); },
    "/": function () { one("cari").focus(); },
    "?": help,
  };
  function help() {
    var box = one("bantuan");
    if (box && !box.open) { one("pintasan").checked = on(); box.showModal(); }
  }
  function typing(place) {
    return place.isContentEditable || (/^(INPUT|SELECT|TEXTAREA)$/.test(place.tagName) && !/^(checkbox|radio)$/.test(place.type));
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (one("bantuan") && one("bantuan").open) return;
    if (event.key === "Escape" && event.target.closest && event.target.closest("#pilih details")) {
      event.target.closest("details").open = false;
      if (lent) { lent.checked = false; lent = null; }
      stand(here() || rows()[0]);
      return;
    }
    // Enter in a drawer does what the drawer is for
    if (event.key === "Enter" && event.target.closest && /^(INPUT|SELECT)$/.test(event.target.tagName)) {
      var box = event.target.closest("#pilih details");
      if (box) { event.preventDefault(); box.querySelector("button[name=act]").click(); return; }
    }
    if (!on() || typing(event.target)) return;
    var act = ACTS[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  document.addEventListener("focusin", function (event) {
    var row = event.target.closest && event.target.closest("#baris tbody tr");
    if (row) { at = row.id; rows().forEach(function (each) { each.classList.toggle("here", each === row); }); }
  });
  document.addEventListener("change", function (event) {
    if (event.target.id === "semua") rows().forEach(function (row) { if (tick(row)) tick(row).checked = event.target.checked; });
    else if (event.target.name === "kecocokan" && !event.target.checked && one("semua")) one("semua").checked = false;
    if (event.target.id === "pintasan") {
      try { localStorage.setItem(KEY, event.target.checked ? "on" : "off"); } catch (_error) { /* it holds for this page alone */ }
    }
  });
  // the select that one stands in stays: what it counts does not hang on its own choice
  document.addEventListener("htmx:oobBeforeSwap", function (event) {
    if (event.detail.target === document.activeElement) event.detail.shouldSwap = false;
  });
  if (one("papan-tik")) {
    one("papan-tik").hidden = false;
    one("bantuan-buka").addEventListener("click", help);
  }
})();
