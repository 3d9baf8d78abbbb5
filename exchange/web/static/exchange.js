// Tells the reader what htmx alone would leave unsaid: the line broke, or the service refused. Brings the place in the menu into sight.
(function () {
  "use strict";
  function say(text) {
    var place = document.getElementById("pesan");
    var note = document.createElement("div");
    note.className = "alert alert-warning";
    note.textContent = text;
    place.replaceChildren(note);
    place.scrollIntoView({ block: "nearest" });
  }
  document.querySelectorAll(".menu [aria-current]").forEach(function (link) {
    var bar = link.closest("ul");
    bar.scrollLeft = link.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
  });
  document.addEventListener("htmx:sendError", function () {
    say(document.body.dataset.offline);
  });
  document.addEventListener("htmx:responseError", function () {
    say(document.body.dataset.refused);
  });
})();
