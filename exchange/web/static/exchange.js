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
  // a part that is swapped in is a new element, and what is new is not read out: its count is told by one that stays
  document.addEventListener("htmx:afterSwap", function (event) {
    var place = document.getElementById("dibacakan"), told = event.detail.target.querySelector("[role=status]");
    if (place && told) { place.textContent = told.textContent.trim(); }
  });
  // a list that was turned to another page is read from its heading on
  document.addEventListener("htmx:afterSettle", function (event) {
    var link = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (!link || !link.matches || !link.matches(".paging a")) return;
    var place = document.querySelector(link.getAttribute("hx-target"));
    var heading = place && (place.querySelector("p[role=status]") || place.querySelector("h2, caption") || place);
    if (!heading) return;
    heading.setAttribute("tabindex", "-1");
    heading.focus();
  });
  document.addEventListener("htmx:sendError", function () {
    say(document.body.dataset.offline);
  });
  document.addEventListener("htmx:responseError", function () {
    say(document.body.dataset.refused);
  });
})();
// A file that is dropped anywhere on its form's field goes into the field, as if it had been chosen there.
(function () {
  "use strict";
  document.querySelectorAll("[data-drop]").forEach(function (place) {
    var field = place.querySelector("input[type=file]");
    ["dragenter", "dragover", "dragleave", "drop"].forEach(function (kind) {
      place.addEventListener(kind, function (event) {
        event.preventDefault();
        place.classList.toggle("over", kind === "dragenter" || kind === "dragover");
        if (kind === "drop" && event.dataTransfer.files.length && !field.disabled) {
          field.files = event.dataTransfer.files;
        }
      });
    });
  });
})();
