# The sentences of the letters, in French.
# Address: vous. Terms: proposal = proposition, job = mission, post = annonce, client = client, contract = contrat,
# boost = boost, invitation = invitation, application = candidature, ledger entry = écriture, balance = solde,
# notice = avis. "Connects" is a product name: 1 Connect, 2 Connects. A narrow no-break space before ; : ! ? and in « ».

## Dates

moment = { $day }, { $time } { $zone }

## Subjects

verdict-client_canceled = Annulée par le client
verdict-filled_by_other = Mission attribuée
verdict-client_declined = Refusée par le client
verdict-expired = Mission expirée
verdict-post_removed_policy = Annonce retirée pour non-respect des règles
verdict-post_removed_fraud = Annonce retirée pour fraude
verdict-client_suspended = Client suspendu
verdict-freelancer_suspended = Fermée par le système
verdict-invitation_withdrawn = Invitation retirée
verdict-application_declined = Votre candidature n’a pas été acceptée
verdict-application_received = Nous avons reçu votre candidature
verdict-job-canceled = Mission fermée
verdict-post-removed = Annonce retirée
verdict-client-suspended = Client suspendu
verdict-job-expired = Mission expirée
verdict-proposal-declined = Proposition refusée

subject-returned = { $verdict } : { $job } - { $n ->
    [one] { $n } Connect rendu
   *[other] { $n } Connects rendus
}
subject-none-spent = { $verdict } : { $job } - aucun Connect dépensé
subject-none-returned = { $verdict } : { $job } - aucun Connect rendu
subject-alone = { $verdict } : { $job }
job-and-more = { $job } et { $k } de plus

## Opening

hello = Bonjour { $name },
hello-nobody = Bonjour,

lead-client_canceled = Le client a annulé la mission « { $job } ».
lead-filled_by_other = La mission « { $job } » a été attribuée à quelqu’un d’autre.
lead-client_declined = Le client a refusé la proposition pour « { $job } ».
lead-expired = L’annonce « { $job } » a expiré sans que votre proposition aboutisse à un contrat.
lead-post_removed_policy = Nous avons retiré l’annonce « { $job } » parce qu’elle ne respectait pas nos règles.
lead-post_removed_fraud = Nous avons retiré l’annonce « { $job } » pour fraude.
lead-client_suspended = Nous avons suspendu le client qui avait publié « { $job } ».
lead-freelancer_suspended = Le compte depuis lequel la proposition pour « { $job } » avait été envoyée a été suspendu, et le système a fermé la proposition.
lead-invitation_withdrawn = L’invitation à la mission « { $job } » a été retirée.
lead-application_declined = Nous ne pouvons pas accepter votre candidature en l’état.
lead-application_received = Votre candidature est arrivée.
lead-several-job-canceled = Une mission a été fermée, et avec elle { $k } de vos propositions.
lead-several-post-removed = Nous avons retiré une annonce, et avec elle { $k } de vos propositions.
lead-several-client-suspended = Nous avons suspendu un client. { $k } de vos propositions concernaient ses missions.
lead-several-job-expired = Une mission a expiré, et avec elle { $k } de vos propositions.
lead-several-proposal-declined = { $k } de vos propositions ont été refusées.
lead-several-agency-job-canceled = Une mission a été fermée, et avec elle { $k } propositions de votre agence.
lead-several-agency-post-removed = Nous avons retiré une annonce, et avec elle { $k } propositions de votre agence.
lead-several-agency-client-suspended = Nous avons suspendu un client. { $k } propositions de votre agence concernaient ses missions.
lead-several-agency-job-expired = Une mission a expiré, et avec elle { $k } propositions de votre agence.
lead-several-agency-proposal-declined = { $k } propositions de votre agence ont été refusées.

result-returned = { $n ->
    [one] { $n } Connect vous a été rendu.
   *[other] { $n } Connects vous ont été rendus.
}
result-none-spent = Aucun Connect n’a été dépensé, aucun n’est donc rendu.
result-none-returned = Aucun Connect n’est rendu ; la raison figure plus bas.

late = Cela s’est produit le { $date }. Cet avis arrive tard, et nous en sommes désolés.

## One proposal

your-proposal = Votre proposition
agency-proposal = Proposition de votre agence
label-job = Mission
label-proposal = Proposition
label-acted = Qui a agi
label-happened = Ce qui s’est passé
label-rule = Règle enfreinte
label-spent = Connects dépensés
label-earlier = Déjà rendus auparavant
label-returned = Connects rendus
label-balance = Solde
label-entries = Écritures
label-recorded = Enregistré
label-expires = Les Connects rendus expirent
label-message = Message du client
label-invitation = Invitation
label-application = Candidature
label-decided = Qui a décidé

proposal-sent = { $proposal }, envoyée le { $date }
proposal-sent-invited = { $proposal }, envoyée le { $date } en réponse à une invitation
code = code : { $reason }, cause : { $cause }
amount = { $n }
amount-parts = { $n } (proposition { $fee }, boost { $boost })
amount-proposal-only = { $n } (proposition { $fee }, sans boost)
returned-none-because = aucun, car { $why } (code : { $ground })
returned-none = aucun
balance-own = le vôtre, désormais { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (compte { $account })
balance-agency = celui de l’agence, désormais { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (compte { $account })
balance-own-unchanged = le vôtre, inchangé : { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (compte { $account })
balance-agency-unchanged = celui de l’agence, inchangé : { $n ->
    [one] { $n } Connect
   *[other] { $n } Connects
} (compte { $account })
entries-none = aucune
hidden = { $n ->
    [one] { $n } autre proposition fait partie de cet avis et est comptée
   *[other] { $n } autres propositions font partie de cet avis et sont comptées
} ci-dessus. Toutes figurent dans l’historique des Connects.

## Who acted

acted-client_canceled = le client
acted-filled_by_other = le client, en engageant quelqu’un d’autre
acted-client_declined = le client
acted-expired = personne ; le système a fermé l’annonce à la fin de son délai
acted-post_removed_policy = la plateforme
acted-post_removed_fraud = la plateforme
acted-client_suspended = la plateforme
acted-freelancer_suspended = le système ; le client n’a rien refusé
acted-invitation_withdrawn = la plateforme
acted-invitation_withdrawn-client-withdrew = le client
acted-application_declined = la plateforme
acted-application_received = vous

## Why, by reason and by the event's own cause

reason-client_canceled = Le client a annulé la mission.
reason-filled_by_other = Quelqu’un d’autre a été engagé pour la mission.
reason-client_declined = Le client a refusé cette proposition.
reason-expired = Le délai de l’annonce s’est écoulé.
reason-post_removed_policy = La plateforme a retiré l’annonce parce qu’elle ne respectait pas les règles des annonces.
reason-post_removed_fraud = La plateforme a retiré l’annonce pour fraude.
reason-client_suspended = La plateforme a suspendu le compte du client.
reason-freelancer_suspended = Le compte depuis lequel la proposition avait été envoyée a été suspendu.
reason-invitation_withdrawn = L’invitation a été retirée.
reason-application_declined = La candidature n’a pas été acceptée.
reason-application_received = La candidature est arrivée.

cause-job-canceled-client-canceled = Il n’a pas donné d’autre raison.
cause-job-canceled-accident = Le client indique qu’elle avait été publiée par erreur.
cause-job-canceled-dropped = Le client indique que le projet est abandonné.
cause-job-canceled-no-skills = Le client indique n’avoir trouvé personne ayant les compétences voulues.
cause-job-canceled-filled-elsewhere = Le client indique avoir confié le travail à quelqu’un trouvé ailleurs.
cause-job-canceled-filled = Toutes les places sont pourvues.
cause-job-canceled-expired = Trente jours se sont écoulés sans activité.
cause-post-removed-terms-of-service = Elle était contraire aux Conditions d’utilisation.
cause-post-removed-fraud = Elle présentait les signes d’une arnaque.
cause-post-removed-duplicate = La même mission avait été publiée plus d’une fois.
cause-post-removed-inactive = Elle était inactive depuis trop longtemps ; cela compte comme une expiration.
cause-client-suspended-terms-of-service = C’est pour une infraction aux Conditions d’utilisation.
cause-client-suspended-fraud = C’est en application des règles contre la fraude.
cause-client-suspended-billing = Cela concerne le compte du client, et aucune proposition.
cause-job-expired-expired = Son délai s’est écoulé sans que cette proposition aboutisse à un contrat.
cause-proposal-declined-hired-other = Le client a engagé quelqu’un d’autre.
cause-proposal-declined-skills = Le client cherche d’autres compétences.
cause-proposal-declined-price = Le tarif ou le prix est trop élevé pour le client.
cause-proposal-declined-experience = Le client cherche un autre profil ou une autre expérience.
cause-proposal-declined-project-changed = Le projet du client a changé ou a été abandonné.
cause-proposal-declined-other = Le client n’a choisi aucune raison de la liste.
cause-proposal-declined-freelancer-suspended = Aucun client n’a évalué la proposition.
cause-invitation-withdrawn-client-issue = Il y a un problème avec le client.
cause-invitation-withdrawn-job-issue = Il y a un problème avec la mission.
cause-invitation-withdrawn-client-withdrew = Le client est revenu dessus.
cause-application-declined-under-age = Les membres doivent avoir au moins 18 ans.
cause-application-declined-incomplete = Des parties du profil manquent.
cause-application-declined-text-errors = Le texte du profil contient des erreurs.
cause-application-declined-media = La photo ou la vidéo est de qualité insuffisante ou n’a pas été transmise.
cause-application-declined-skills-mix = Il n’y a pas de mission en ce moment pour cet ensemble de compétences et d’expérience.
cause-application-declined-competition = Il y avait plus de candidatures que de places.
cause-application-declined-other = La raison n’est aucune de celles que nous pouvons nommer ici.
cause-application-received-received = Elle sera lue.

## Why nothing came back

ground-nothing_spent = aucun Connect n’a été dépensé pour cette proposition
ground-nothing_spent-invited = répondre à une invitation ne coûte aucun Connect
ground-already_returned = tout ce que cette proposition avait coûté avait déjà été rendu
ground-withdrawn = la proposition avait été retirée auparavant
ground-hired = cette proposition a abouti à un contrat
ground-filled_by_other = la mission s’est terminée par un engagement, et les Connects ne sont rendus que si elle se termine sans
ground-declined_by_client = le client a refusé la proposition, et une proposition refusée ne rend pas de Connects
ground-expired = une annonce dont le délai s’écoule ne rend pas de Connects ; une annonce que le client annule, oui
ground-suspension_not_final = la suspension peut encore être levée
ground-reinstated = la suspension a été levée
ground-account_suspended = le compte depuis lequel elle avait été envoyée a été suspendu

## What to know

know = Bon à savoir
no-judgement = Cela ne dit rien de vos compétences : personne n’a évalué votre proposition ici.
no-judgement-agency = Cela ne dit rien des compétences de la personne qui a envoyé la proposition : personne ne l’a évaluée ici.
no-judgement-declined = Le choix du client n’est pas un jugement de la plateforme sur vos compétences.
no-contract = Aucun contrat n’existe pour cette proposition. Ne commencez pas à travailler, même si le client continue de vous écrire.
no-contract-several = Aucun contrat n’existe pour ces propositions. Ne commencez pas à travailler, même si le client continue de vous écrire.
safety-pay = Ne payez rien pour obtenir cette mission et n’envoyez ni document, ni mot de passe, ni code.
safety-offsite = Ne poursuivez pas avec ce client hors de la plateforme, par messagerie, téléphone ou e-mail, et n’y acceptez aucun paiement.
safety-report = Si vous avez déjà payé ou remis quelque chose, prévenez le support sans attendre.
connects-are-credit = Les Connects rendus sont un crédit pour des propositions, pas de l’argent.

## Invitations and applications

invitation-nothing-spent = Répondre à une invitation ne coûte aucun Connect, aucun n’est donc rendu. Vous n’avez rien à faire.
improve = Ce que vous pouvez améliorer
improve-complete-profile = Complétez votre profil : remplissez chaque partie encore vide.
improve-text = Relisez le texte de votre profil et corrigez les erreurs.
improve-photo = Utilisez une photo nette où l’on voit votre visage.
improve-video = Utilisez une vidéo qui se lit et s’entend bien.
improve-skills = Ajoutez les compétences utiles qui manquent.
improve-experience = Ajoutez de l’expérience : travaux antérieurs, formation, portfolio.
reapply = Candidater de nouveau
reapply-never = Une nouvelle candidature n’est pas possible.
reapply-now = Vous pouvez candidater de nouveau à tout moment.
reapply-after = Vous pouvez candidater de nouveau à partir du { $date }.
decided-automated = un programme ; personne ne l’a encore lue
decided-person = une personne
decide-by = La décision sera prise le { $date } au plus tard.

## How to ask

ask = Questions
ask-quote = Indiquez la proposition { $proposal } et l’avis { $notice } ; le support retrouve ainsi tout ce qui précède.
ask-quote-notice = Indiquez l’avis { $notice } ; le support retrouve ainsi tout ce qui précède.
ask-where = Où demander : { $url }
ask-where-label = Demander de l’aide
ask-reply = Vous pouvez répondre à cet e-mail.
event-line = Événement { $event }, { $date }
sent-by = Envoyé par { $sender } au sujet de votre proposition. Cet e-mail a été rédigé par un programme.
sent-by-agency = Envoyé par { $sender } au sujet d’une proposition de votre agence. Cet e-mail a été rédigé par un programme.
sent-by-alone = Envoyé par { $sender }. Cet e-mail a été rédigé par un programme.
