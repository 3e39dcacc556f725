"""Table of all blueprints and their URL prefixes."""

from flask import Blueprint, Flask

from letterhub.config import Settings
from letterhub.domain.links.secret_links import LinkKind
from letterhub.web import assets
from letterhub.web.access import Audience
from letterhub.web.api import all_endpoints as api
from letterhub.web.languages import LanguageConverter
from letterhub.web.public.accounts import passkey_sign_in, provider_sign_in
from letterhub.web.public.changes import awaited_names
from letterhub.web.public.drafting import draft_copy, shared_draft, sign_off, suggestions
from letterhub.web.public.editions import check_page
from letterhub.web.public.help import help_pages
from letterhub.web.public.invitations import invitation, partner
from letterhub.web.public.letters import coalition, embed, feeds, home, letter_history, letters, share_card
from letterhub.web.public.mail import demo_mailbox, end_notices, unsubscription
from letterhub.web.public.operations import health, metrics, site_files, site_pages
from letterhub.web.public.press import embargoed_press_page, press_page, quote, reply
from letterhub.web.public.progress import progress_page
from letterhub.web.public.questions import news
from letterhub.web.public.signatures import confirmation, inquiry, own_signature, reconfirmation, signing
from letterhub.web.request_security import csrf
from letterhub.web.staff.abuse import alerts, bulk_decline
from letterhub.web.staff.accounts import (
    accept_invitation,
    account,
    api_tokens,
    embedding,
    notices,
    passkeys,
    provider_link,
    provider_only,
    team,
)
from letterhub.web.staff.archive import archived_letters, deleted_drafts
from letterhub.web.staff.audit import audit_log, verification_reports
from letterhub.web.staff.changes import change_replies, recorded_replies
from letterhub.web.staff.drafting import (
    draft_comments,
    draft_copies,
    draft_suggestions,
    sign_offs,
    word_back,
    writing_sessions,
)
from letterhub.web.staff.editions import chosen_recipients, deliveries, delivery_emails, editions, recipient_profiles
from letterhub.web.staff.invitations import (
    contact_import,
    contacts,
    invitation_lists,
    invitations,
    outreach,
    partners,
    planned_reminders,
)
from letterhub.web.staff.letters import (
    branding,
    dashboard,
    draft_parts,
    editor,
    letter_copies,
    opening,
    pdf_previews,
    publish_rule_preview,
    revisions,
    signing_settings,
    text_conversions,
    translations,
)
from letterhub.web.staff.links import secret_links
from letterhub.web.staff.mail import mail_words, outbox
from letterhub.web.staff.operations import coalition_invitations, founding, site, site_coalitions
from letterhub.web.staff.organizations import organizations
from letterhub.web.staff.press import press_pages, press_quotes, release, replies, signatory_messages
from letterhub.web.staff.progress import overview, posters
from letterhub.web.staff.questions import answer_correction, news_offers, questions
from letterhub.web.staff.signatures import (
    added_names,
    competing_signatures,
    consent_renewal,
    evidence,
    review,
    signatory_import,
    signature_picture,
    signatures,
)
from letterhub.web.staff.webhooks import webhooks

LINK_KINDS = ", ".join(LinkKind)
BLUEPRINTS: tuple[tuple[Blueprint, str], ...] = (
    (home.bp, "/"),
    (assets.bp, "/"),
    (health.bp, "/"),
    (site_files.bp, "/"),
    (site_pages.bp, "/"),
    (metrics.bp, "/"),
    (help_pages.bp, "/help"),
    (api.bp, "/api/v1"),
    (coalition.bp, "/c"),
    (feeds.bp, "/"),
    (embed.bp, "/"),
    (letters.bp, "/letters"),
    (share_card.bp, "/letters"),
    (letter_history.bp, "/letters"),
    (reply.bp, "/letters"),
    (press_page.bp, "/letters"),
    (embargoed_press_page.bp, "/"),
    (quote.bp, "/"),
    (awaited_names.bp, "/letters"),
    (check_page.bp, "/editions"),
    (signing.bp, "/"),
    (confirmation.bp, "/"),
    (own_signature.bp, "/"),
    (reconfirmation.bp, "/"),
    (inquiry.bp, "/"),
    (invitation.bp, "/"),
    (partner.bp, "/"),
    (progress_page.bp, "/"),
    (shared_draft.bp, "/"),
    (draft_copy.bp, "/"),
    (suggestions.bp, "/"),
    (sign_off.bp, "/"),
    (news.bp, "/"),
    (unsubscription.bp, "/"),
    (end_notices.bp, "/"),
    (passkey_sign_in.bp, "/sign-in/passkey"),
    (provider_sign_in.bp, "/sign-in/provider"),
    (account.bp, "/account"),
    (passkeys.bp, "/account/passkeys"),
    (provider_link.bp, "/account/provider"),
    (notices.bp, "/account/notices"),
    (accept_invitation.bp, "/join"),
    (founding.bp, "/founding"),
    (site.bp, "/site"),
    (site_coalitions.bp, "/site/coalitions"),
    (coalition_invitations.bp, "/site/invitations"),
    (dashboard.bp, "/staff"),
    (draft_parts.bp, "/staff"),
    (letter_copies.bp, "/staff/<coalition>/letters/<slug>"),
    (archived_letters.bp, "/staff/<coalition>/letters/<slug>"),
    (deleted_drafts.bp, "/staff/<coalition>"),
    (team.bp, "/staff/<coalition>/team"),
    (provider_only.bp, "/staff/<coalition>/team/sign-in"),
    (webhooks.bp, "/staff/<coalition>/webhooks"),
    (api_tokens.bp, "/staff/<coalition>/team/api-tokens"),
    (organizations.bp, "/staff/<coalition>/organizations"),
    (audit_log.bp, "/staff/<coalition>"),
    (branding.bp, "/staff/<coalition>"),
    (embedding.bp, "/staff/<coalition>/embedding"),
    (outbox.bp, "/staff/<coalition>/email"),
    (alerts.bp, "/staff/<coalition>/alerts"),
    (overview.bp, "/staff/<coalition>/letters/<slug>/overview"),
    (posters.bp, "/staff/<coalition>/letters/<slug>/overview/poster"),
    (secret_links.bp, f"/staff/<coalition>/letters/<slug>/links/<any({LINK_KINDS}):kind>"),
    (editor.bp, "/staff/<coalition>/letters/<slug>"),
    (text_conversions.bp, "/staff/<coalition>/letters/<slug>"),
    (writing_sessions.bp, "/staff/<coalition>/letters/<slug>"),
    (pdf_previews.bp, "/staff/<coalition>/letters/<slug>/write/pages"),
    (translations.bp, "/staff/<coalition>/letters/<slug>/translations"),
    (draft_comments.bp, "/staff/<coalition>/letters/<slug>/comments"),
    (draft_suggestions.bp, "/staff/<coalition>/letters/<slug>/suggestions"),
    (draft_copies.bp, "/staff/<coalition>/letters/<slug>/copies"),
    (word_back.bp, "/staff/<coalition>/letters/<slug>/word-back"),
    (sign_offs.bp, "/staff/<coalition>/letters/<slug>/sign-offs"),
    (revisions.bp, "/staff/<coalition>/letters/<slug>/revisions"),
    (change_replies.bp, "/staff/<coalition>/letters/<slug>/change-replies"),
    (recorded_replies.bp, "/staff/<coalition>/letters/<slug>/change-replies"),
    (consent_renewal.bp, "/staff/<coalition>/letters/<slug>/consent"),
    (signing_settings.bp, "/staff/<coalition>/letters/<slug>/settings"),
    (opening.bp, "/staff/<coalition>/letters/<slug>/opening"),
    (verification_reports.bp, "/staff/<coalition>/letters/<slug>/signatures/report"),
    (mail_words.bp, "/staff/<coalition>/letters/<slug>/emails"),
    (news_offers.bp, "/staff/<coalition>/letters/<slug>/news"),
    (questions.bp, "/staff/<coalition>/letters/<slug>/questions"),
    (answer_correction.bp, "/staff/<coalition>/letters/<slug>/signatures"),
    (publish_rule_preview.bp, "/staff/<coalition>/letters/<slug>/settings/rules"),
    (signatures.bp, "/staff/<coalition>/letters/<slug>/signatures"),
    (competing_signatures.bp, "/staff/<coalition>/letters/<slug>/signatures"),
    (evidence.bp, "/staff/<coalition>/letters/<slug>/signatures"),
    (added_names.bp, "/staff/<coalition>/letters/<slug>/signatures"),
    (signature_picture.bp, "/staff/<coalition>/letters/<slug>/signatures"),
    (review.bp, "/staff/<coalition>/letters/<slug>/review"),
    (bulk_decline.bp, "/staff/<coalition>/letters/<slug>/sources"),
    (signatory_import.bp, "/staff/<coalition>/letters/<slug>/import"),
    (partners.bp, "/staff/<coalition>/letters/<slug>/partners"),
    (contacts.bp, "/staff/<coalition>/contacts"),
    (contact_import.bp, "/staff/<coalition>/contacts/file"),
    (outreach.bp, "/staff/<coalition>"),
    (planned_reminders.bp, "/staff/<coalition>/letters/<slug>/invitations/reminders"),
    (invitations.bp, "/staff/<coalition>/letters/<slug>/invitations"),
    (invitation_lists.bp, "/staff/<coalition>/letters/<slug>/invitations/file"),
    (editions.bp, "/staff/<coalition>/letters/<slug>/editions"),
    (deliveries.bp, "/staff/<coalition>/letters/<slug>/editions"),
    (release.bp, "/staff/<coalition>/letters/<slug>/release"),
    (replies.bp, "/staff/<coalition>/letters/<slug>/replies"),
    (signatory_messages.bp, "/staff/<coalition>/letters/<slug>/messages"),
    (press_pages.bp, "/staff/<coalition>/letters/<slug>/press"),
    (press_quotes.bp, "/staff/<coalition>/letters/<slug>/press/quotes"),
    (delivery_emails.bp, "/staff/<coalition>/letters/<slug>/editions"),
    (chosen_recipients.bp, "/staff/<coalition>/letters/<slug>/editions"),
    (recipient_profiles.bp, "/staff/<coalition>/recipients"),
)

DEMO_BLUEPRINTS: tuple[tuple[Blueprint, str], ...] = ((demo_mailbox.bp, "/demo/mailbox"),)

EXTENSION_BLUEPRINTS = {"security": Audience.EVERYONE}
"""Blueprints of extensions, which guard their own pages."""


def init_app(app: Flask, settings: Settings) -> None:
    """Register all blueprints. Raises RuntimeError for a view without an access decorator."""
    app.url_map.converters["language"] = LanguageConverter
    csrf.exempt(api.bp)  # its only writes are those of tokens, and it reads no session
    for blueprint, url_prefix in BLUEPRINTS + (DEMO_BLUEPRINTS if settings.demo else ()):
        app.register_blueprint(blueprint, url_prefix=url_prefix)
    for rule in app.url_map.iter_rules():
        blueprint_name = rule.endpoint.partition(".")[0]
        if blueprint_name not in EXTENSION_BLUEPRINTS and not hasattr(app.view_functions[rule.endpoint], "entry"):
            raise RuntimeError(f"{rule.endpoint} does not say who may enter: wear access.open_to or access.staff_only")
