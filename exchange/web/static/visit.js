// A visit that is being typed outlives a lost line: kept on this telephone until the service says that it has it, three days at most.
(function () {
  "use strict";
  var FORM = "form[data-draft]", START = "kunjungan ", LONGEST = 3 * 24 * 3600 * 1000, QUIET = ["csrf_token", "tulisan", "versi"];
  function all() {
    return Object.keys(localStorage).filter(function (name) { return name.indexOf(START) === 0; });
  }
  function read(name) {
    try { return JSON.parse(localStorage.getItem(name)); } catch (broken) { return null; }
  }
  function tell(form, text) {
    var note = form.querySelector(".draft-note");
    note.textContent = text;
    note.hidden = false;
  }
  function keep(form) {
    var fields = [];
    new FormData(form).forEach(function (value, name) {
      if (typeof value === "string" && QUIET.indexOf(name) < 0) { fields.push([name, value]); }
    });
    try { localStorage.setItem(START + form.dataset.draft, JSON.stringify({ at: Date.now(), fields: fields })); } catch (full) { return; }
    tell(form, form.dataset.kept);
  }
  function restore(form) {
    var draft = read(START + form.dataset.draft);
    if (!draft || form.querySelector(".alert")) { return; }
    form.querySelectorAll("[type=checkbox], [type=radio]").forEach(function (box) { box.checked = false; });
    draft.fields.forEach(function (pair) {
      form.querySelectorAll('[name="' + CSS.escape(pair[0]) + '"]').forEach(function (field) {
        if (field.type === "checkbox" || field.type === "radio") { field.checked = field.checked || field.value === pair[1]; }
        else if (field.type !== "file") { field.value = pair[1]; }
      });
    });
    tell(form, form.dataset.found);
  }
  function drop(test) {
    all().forEach(function (name) { var draft = read(name); if (!draft || test(draft)) { localStorage.removeItem(name); } });
  }
  drop(function (draft) { return Date.now() - draft.at > LONGEST; });
  var sent = document.querySelector("[data-sent]");
  if (sent) {  // the visit that a draft was of is on record
    drop(function (draft) { return draft.fields.some(function (pair) { return pair[0] === "kunci" && pair[1] === sent.dataset.sent; }); });
    Object.keys(localStorage).forEach(function (name) {
      if (name.indexOf(START) === 0 && name.indexOf(location.pathname + "/ubah") > 0) { localStorage.removeItem(name); }
    });
  }
  document.querySelectorAll(FORM).forEach(restore);
  document.addEventListener("input", function (event) {
    var form = event.target.closest(FORM);
    if (form) { keep(form); }
  });
})();
