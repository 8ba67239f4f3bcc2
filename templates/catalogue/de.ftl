# The sentences of the letters, in German.
# Address: Sie, without "bitte" where a fact is told. Terms: proposal = Angebot, job = Auftrag, post = Ausschreibung,
# client = Auftraggeber, contract = Vertrag, boost = Boost, invitation = Einladung, application = Antrag,
# ledger entry = Buchung, balance = Guthaben, notice = Mitteilung. "Connects" is a product name: 1 Connect, 2 Connects.

## Dates

moment = { $day }, { $time } { $zone }

## Subjects

verdict-client_canceled = Vom Auftraggeber abgesagt
verdict-filled_by_other = Auftrag vergeben
verdict-client_declined = Vom Auftraggeber abgelehnt
verdict-expired = Auftrag abgelaufen
verdict-post_removed_policy = Wegen Regelverstoß entfernt
verdict-post_removed_fraud = Als Betrug entfernt
verdict-client_suspended = Auftraggeber gesperrt
verdict-freelancer_suspended = Vom System geschlossen
verdict-invitation_withdrawn = Einladung zurückgezogen
verdict-application_declined = Ihr Antrag wurde nicht angenommen
verdict-application_received = Ihr Antrag ist eingegangen
verdict-job-canceled = Auftrag geschlossen
verdict-post-removed = Ausschreibung entfernt
verdict-client-suspended = Auftraggeber gesperrt
verdict-job-expired = Auftrag abgelaufen
verdict-proposal-declined = Angebot abgelehnt

subject-returned = { $verdict }: { $job } – { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} zurück
subject-none-spent = { $verdict }: { $job } – keine Connects ausgegeben
subject-none-returned = { $verdict }: { $job } – keine Connects zurück
subject-alone = { $verdict }: { $job }
job-and-more = { $job } und { $k } weitere

## Opening

hello = Guten Tag { $name },
hello-nobody = Guten Tag,

lead-client_canceled = Der Auftraggeber hat den Auftrag „{ $job }“ abgesagt.
lead-filled_by_other = Der Auftrag „{ $job }“ wurde an jemand anderen vergeben.
lead-client_declined = Der Auftraggeber hat das Angebot für „{ $job }“ abgelehnt.
lead-expired = Die Ausschreibung „{ $job }“ ist abgelaufen, ohne dass Ihr Angebot zu einem Vertrag geführt hat.
lead-post_removed_policy = Wir haben die Ausschreibung „{ $job }“ entfernt, weil sie gegen unsere Regeln verstieß.
lead-post_removed_fraud = Wir haben die Ausschreibung „{ $job }“ als Betrug entfernt.
lead-client_suspended = Wir haben den Auftraggeber gesperrt, der „{ $job }“ ausgeschrieben hatte.
lead-freelancer_suspended = Das Konto, von dem das Angebot für „{ $job }“ kam, wurde gesperrt, und das System hat das Angebot geschlossen.
lead-invitation_withdrawn = Die Einladung zum Auftrag „{ $job }“ wurde zurückgezogen.
lead-application_declined = So, wie er ist, können wir Ihren Antrag nicht annehmen.
lead-application_received = Ihr Antrag ist bei uns eingegangen.
lead-several-job-canceled = Ein Auftrag wurde geschlossen, und mit ihm { $k } Ihrer Angebote.
lead-several-post-removed = Wir haben eine Ausschreibung entfernt, und mit ihr { $k } Ihrer Angebote.
lead-several-client-suspended = Wir haben einen Auftraggeber gesperrt. { $k } Ihrer Angebote galten seinen Aufträgen.
lead-several-job-expired = Ein Auftrag ist abgelaufen, und mit ihm { $k } Ihrer Angebote.
lead-several-proposal-declined = { $k } Ihrer Angebote wurden abgelehnt.
lead-several-agency-job-canceled = Ein Auftrag wurde geschlossen, und mit ihm { $k } Angebote Ihrer Agentur.
lead-several-agency-post-removed = Wir haben eine Ausschreibung entfernt, und mit ihr { $k } Angebote Ihrer Agentur.
lead-several-agency-client-suspended = Wir haben einen Auftraggeber gesperrt. { $k } Angebote Ihrer Agentur galten seinen Aufträgen.
lead-several-agency-job-expired = Ein Auftrag ist abgelaufen, und mit ihm { $k } Angebote Ihrer Agentur.
lead-several-agency-proposal-declined = { $k } Angebote Ihrer Agentur wurden abgelehnt.

result-returned = { $n ->
    [one] 1 Connect ist
   *[other] { $n } Connects sind
} zurück auf dem Guthaben.
result-none-spent = Es wurden keine Connects ausgegeben, also kommen auch keine zurück.
result-none-returned = Es kommen keine Connects zurück; warum, steht unten.

late = Das geschah am { $date }. Diese Mitteilung kommt spät; das tut uns leid.

## One proposal

your-proposal = Ihr Angebot
agency-proposal = Angebot Ihrer Agentur
label-job = Auftrag
label-proposal = Angebot
label-acted = Wer gehandelt hat
label-happened = Was geschehen ist
label-rule = Verletzte Regel
label-spent = Ausgegebene Connects
label-earlier = Schon früher zurück
label-returned = Connects zurück
label-balance = Guthaben
label-entries = Buchungen
label-recorded = Verbucht
label-expires = Zurückgegebene Connects gelten bis
label-message = Der Auftraggeber schreibt
label-invitation = Einladung
label-application = Antrag
label-decided = Entschieden von

proposal-sent = { $proposal }, gesendet am { $date }
proposal-sent-invited = { $proposal }, auf eine Einladung hin gesendet am { $date }
code = Code: { $reason }, Ursache: { $cause }
amount = { $n }
amount-parts = { $n } (Angebot { $fee }, Boost { $boost })
amount-proposal-only = { $n } (Angebot { $fee }, kein Boost)
returned-none-because = keine, denn { $why } (Code: { $ground })
returned-none = keine
balance-own = Ihr eigenes, jetzt { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (Konto { $account })
balance-agency = das der Agentur, jetzt { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (Konto { $account })
balance-own-unchanged = Ihr eigenes, unverändert { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (Konto { $account })
balance-agency-unchanged = das der Agentur, unverändert { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (Konto { $account })
entries-none = keine
hidden = { $n ->
    [one] Ein weiteres Angebot gehört zu dieser Mitteilung und ist
   *[other] { $n } weitere Angebote gehören zu dieser Mitteilung und sind
} oben mitgezählt. Alle stehen im Verlauf Ihrer Connects.

## Who acted

acted-client_canceled = der Auftraggeber
acted-filled_by_other = der Auftraggeber, indem er jemand anderen beauftragt hat
acted-client_declined = der Auftraggeber
acted-expired = niemand; das System hat die Ausschreibung nach Ablauf ihrer Zeit geschlossen
acted-post_removed_policy = der Marktplatz
acted-post_removed_fraud = der Marktplatz
acted-client_suspended = der Marktplatz
acted-freelancer_suspended = das System; der Auftraggeber hat nichts abgelehnt
acted-invitation_withdrawn = der Marktplatz
acted-invitation_withdrawn-client-withdrew = der Auftraggeber
acted-application_declined = der Marktplatz
acted-application_received = Sie

## Why, by reason and by the event's own cause

reason-client_canceled = Der Auftraggeber hat den Auftrag abgesagt.
reason-filled_by_other = Der Auftrag ging an jemand anderen.
reason-client_declined = Der Auftraggeber hat dieses Angebot abgelehnt.
reason-expired = Die Zeit der Ausschreibung ist abgelaufen.
reason-post_removed_policy = Der Marktplatz hat die Ausschreibung entfernt, weil sie gegen die Regeln für Ausschreibungen verstieß.
reason-post_removed_fraud = Der Marktplatz hat die Ausschreibung als Betrug entfernt.
reason-client_suspended = Der Marktplatz hat das Konto des Auftraggebers gesperrt.
reason-freelancer_suspended = Das Konto, von dem das Angebot kam, wurde gesperrt.
reason-invitation_withdrawn = Die Einladung wurde zurückgezogen.
reason-application_declined = Der Antrag wurde nicht angenommen.
reason-application_received = Der Antrag ist eingegangen.

cause-job-canceled-client-canceled = Einen weiteren Grund hat er nicht genannt.
cause-job-canceled-accident = Der Auftraggeber gibt an, dass er ihn versehentlich ausgeschrieben hat.
cause-job-canceled-dropped = Der Auftraggeber gibt an, dass das Projekt aufgegeben wurde.
cause-job-canceled-no-skills = Der Auftraggeber gibt an, dass er niemanden mit den nötigen Kenntnissen gefunden hat.
cause-job-canceled-filled-elsewhere = Der Auftraggeber gibt an, dass er die Arbeit anderswo vergeben hat.
cause-job-canceled-filled = Alle Stellen sind besetzt.
cause-job-canceled-expired = Dreißig Tage lang ist nichts geschehen.
cause-post-removed-terms-of-service = Sie verstieß gegen die Nutzungsbedingungen.
cause-post-removed-fraud = Sie zeigte Anzeichen eines Betrugs.
cause-post-removed-duplicate = Derselbe Auftrag war mehr als einmal ausgeschrieben.
cause-post-removed-inactive = Sie war zu lange inaktiv; das gilt als abgelaufen.
cause-client-suspended-terms-of-service = Der Grund ist ein Verstoß gegen die Nutzungsbedingungen.
cause-client-suspended-fraud = Der Grund sind die Regeln gegen Betrug.
cause-client-suspended-billing = Der Grund liegt im Konto des Auftraggebers, nicht in einem Angebot.
cause-job-expired-expired = Die Zeit verging, ohne dass dieses Angebot zu einem Vertrag geführt hat.
cause-proposal-declined-hired-other = Der Auftraggeber hat jemand anderen beauftragt.
cause-proposal-declined-skills = Der Auftraggeber sucht andere Kenntnisse.
cause-proposal-declined-price = Der Stundensatz oder der Preis ist dem Auftraggeber zu hoch.
cause-proposal-declined-experience = Der Auftraggeber sucht ein anderes Profil oder andere Erfahrung.
cause-proposal-declined-project-changed = Das Projekt des Auftraggebers hat sich geändert oder wurde aufgegeben.
cause-proposal-declined-other = Der Auftraggeber hat keinen Grund aus der Liste gewählt.
cause-proposal-declined-freelancer-suspended = Kein Auftraggeber hat über das Angebot geurteilt.
cause-invitation-withdrawn-client-issue = Es gibt ein Problem mit dem Auftraggeber.
cause-invitation-withdrawn-job-issue = Es gibt ein Problem mit dem Auftrag.
cause-invitation-withdrawn-client-withdrew = Der Auftraggeber hat sie zurückgenommen.
cause-application-declined-under-age = Mitglieder müssen mindestens 18 Jahre alt sein.
cause-application-declined-incomplete = Teile des Profils fehlen.
cause-application-declined-text-errors = Der Text des Profils enthält Fehler.
cause-application-declined-media = Foto oder Video sind nicht gut genug oder kamen nicht an.
cause-application-declined-skills-mix = Für diese Verbindung von Kenntnissen und Erfahrung gibt es zurzeit keine Aufträge.
cause-application-declined-competition = Es gab mehr Anträge als Plätze.
cause-application-declined-other = Der Grund gehört zu keinem von denen, die wir hier nennen können.
cause-application-received-received = Er wird gelesen.

## Why nothing came back

ground-nothing_spent = für dieses Angebot wurden keine Connects ausgegeben
ground-nothing_spent-invited = die Antwort auf eine Einladung kostet keine Connects
ground-already_returned = alles, was dieses Angebot gekostet hat, war schon früher zurückgekommen
ground-withdrawn = das Angebot war vorher zurückgezogen worden
ground-hired = aus diesem Angebot ist ein Vertrag geworden
ground-filled_by_other = der Auftrag wurde vergeben, und Connects kommen nur von Aufträgen zurück, die ohne Vergabe enden
ground-declined_by_client = der Auftraggeber hat das Angebot abgelehnt, und für ein abgelehntes Angebot kommen keine Connects zurück
ground-expired = eine Ausschreibung, deren Zeit abläuft, gibt keine Connects zurück; eine, die der Auftraggeber absagt, schon
ground-suspension_not_final = die Sperre kann noch aufgehoben werden
ground-reinstated = die Sperre wurde aufgehoben
ground-account_suspended = das Konto, von dem es kam, wurde gesperrt

## What to know

know = Gut zu wissen
no-judgement = Das sagt nichts über Ihre Eignung: Niemand hat hier Ihr Angebot beurteilt.
no-judgement-agency = Das sagt nichts über die Eignung der Person, die das Angebot gesendet hat: Niemand hat es hier beurteilt.
no-judgement-declined = Die Wahl des Auftraggebers ist kein Urteil des Marktplatzes über Ihre Eignung.
no-contract = Zu diesem Angebot gibt es keinen Vertrag. Beginnen Sie nicht mit der Arbeit, auch wenn der Auftraggeber Ihnen noch schreibt.
no-contract-several = Zu keinem dieser Angebote gibt es einen Vertrag. Beginnen Sie nicht mit der Arbeit, auch wenn der Auftraggeber Ihnen noch schreibt.
safety-pay = Zahlen Sie nichts, um diesen Auftrag zu bekommen, und schicken Sie keine Dokumente, Passwörter oder Codes.
safety-offsite = Setzen Sie das Gespräch mit diesem Auftraggeber nicht außerhalb des Marktplatzes fort, weder per Messenger noch am Telefon oder per E-Mail, und nehmen Sie dort keine Zahlung an.
safety-report = Wenn Sie schon etwas bezahlt oder herausgegeben haben, wenden Sie sich sofort an den Support.
connects-are-credit = Zurückgegebene Connects sind Guthaben für Angebote, kein Geld.

## Invitations and applications

invitation-nothing-spent = Die Antwort auf eine Einladung kostet keine Connects, also kommen keine zurück. Sie müssen nichts tun.
improve = Was Sie verbessern können
improve-complete-profile = Vervollständigen Sie Ihr Profil: Füllen Sie jeden leeren Teil aus.
improve-text = Lesen Sie den Text Ihres Profils noch einmal und berichtigen Sie die Fehler.
improve-photo = Nehmen Sie ein scharfes Foto, auf dem Ihr Gesicht zu sehen ist.
improve-video = Nehmen Sie ein Video, das sich abspielen lässt und gut zu hören ist.
improve-skills = Ergänzen Sie passende Kenntnisse, die noch fehlen.
improve-experience = Ergänzen Sie Erfahrung: frühere Arbeiten, Ausbildung, ein Portfolio.
reapply = Erneut beantragen
reapply-never = Ein neuer Antrag ist nicht möglich.
reapply-now = Sie können jederzeit einen neuen Antrag stellen.
reapply-after = Sie können ab { $date } einen neuen Antrag stellen.
decided-automated = einem Programm; noch kein Mensch hat ihn gelesen
decided-person = einem Menschen
decide-by = Entschieden wird spätestens am { $date }.

## How to ask

ask = Fragen
ask-quote = Nennen Sie das Angebot { $proposal } und die Mitteilung { $notice }; damit findet der Support alles, was oben steht.
ask-quote-notice = Nennen Sie die Mitteilung { $notice }; damit findet der Support alles, was oben steht.
ask-where = Hier können Sie fragen: { $url }
ask-where-label = Hilfe und Kontakt
ask-reply = Sie können auf diese Mail antworten.
event-line = Ereignis { $event }, { $date }
sent-by = Gesendet von { $sender } wegen Ihres Angebots. Ein Programm hat diese Mail geschrieben.
sent-by-agency = Gesendet von { $sender } wegen eines Angebots Ihrer Agentur. Ein Programm hat diese Mail geschrieben.
sent-by-alone = Gesendet von { $sender }. Ein Programm hat diese Mail geschrieben.
