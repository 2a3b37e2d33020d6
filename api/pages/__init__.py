"""The web pages: one controller per aggregate. How to add one, in five steps.

1. ``api/templates/<aggregate>/<page>.html``::

       {% extends "base.html" %}
       {% from "macros.html" import field, submit, error_summary, state_tag, pager %}
       {% block title %}{{ _("Offers") }}{% endblock %}
       {% block content %}
       <h1 class="ds-heading" data-size="lg">{{ _("Offers") }}</h1>
       ...
       {% endblock %}

   ``base.html`` gives head, navigation, flash message and footer; a page sets ``title`` and ``content``. The macros
   are described in ``macros.html``; classes of our own in ``static/platsverket.css``. ``said(reason)`` shows an error's
   text in the reader's language, ``label(code, kind)`` what a code is called. Filters: ``day clock_time moment period
   number money kilometres metres percent``.

2. ``api/pages/<aggregate>.py``, or a folder with ``pages.py``, ``form.py``, ``labels.py`` and ``presenter.py``::

       class OfferPages(Controller):
           path = "/offers"

           @get("/", sync_to_thread=True)
           def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
               found = queries.search_offers(visit.session, visit.actor, OfferSearch(), paging.page, paging.limit)
               return page("offers/list.html", {"found": found})

           @post("/{offer:uuid}/pause", sync_to_thread=True)
           def pause(self, visit: NamedDependency[Visit], offer: FromPath[UUID]) -> Redirect:
               service.pause_offer(visit.session, visit.actor, offer)
               return see_other(visit.request, f"/offers/{offer}", _("The offer is paused."))

   Asking for ``visit`` is what demands a sign-in. A form is read by `api.pages.forms.Form` (``visit.form``), and
   shown again with status 422 where something is wrong. Every form is a plain HTML form with ``{{ csrf(csrf_input) }}``
   that works without scripts; htmx only makes it pleasant. Handlers only read and call services: every query comes from
   ``queries.py``. Errors of `core.errors` become friendly pages by themselves.

3. Append the controller to ``PAGES`` of `api.pages.routes` (and a link in ``base.html`` if it is a section of its own).
   Every form has a token (`csrf_field`) and is posted once. What was typed is kept where a form cannot be handled: a
   page shows ``visit.form`` where that has fields; ``{% set typed_form %}`` names the form whose text a change of
   language keeps. A form that changes something gives its page ``stored``.
4. English texts in ``_()`` get their Swedish in ``api/language/locales/sv/<aggregate>.po``, the texts of errors too (a
   value in an f-string is ``{}`` there); codes get their labels in ``api/language/labels``. What is missing is told by
   tests/api/language/test_i18n.py.
5. ``tests/api/pages/test_<aggregate>_pages.py`` with ``client`` and ``signed_in``, and tests/e2e with ``browser_page``
   and ``assert_accessible``.
"""
