# The sentences of the letters, in Spanish.
# Address: tú. Terms: proposal = propuesta, job = proyecto, post = anuncio, client = cliente, contract = contrato,
# boost = impulso, invitation = invitación, application = solicitud, ledger entry = movimiento, balance = saldo,
# notice = aviso. "Connects" is a product name: 1 Connect, 2 Connects. Written for Spain and Latin America alike.

## Dates

moment = { $day }, { $time } { $zone }

## Subjects

verdict-client_canceled = Cancelado por el cliente
verdict-filled_by_other = Proyecto adjudicado
verdict-client_declined = Rechazada por el cliente
verdict-expired = Proyecto vencido
verdict-post_removed_policy = Anuncio retirado por incumplir las normas
verdict-post_removed_fraud = Anuncio retirado por fraude
verdict-client_suspended = Cliente suspendido
verdict-freelancer_suspended = Cerrada por el sistema
verdict-invitation_withdrawn = Invitación retirada
verdict-application_declined = Tu solicitud no ha sido aceptada
verdict-application_received = Hemos recibido tu solicitud
verdict-job-canceled = Proyecto cerrado
verdict-post-removed = Anuncio retirado
verdict-client-suspended = Cliente suspendido
verdict-job-expired = Proyecto vencido
verdict-proposal-declined = Propuesta rechazada

subject-returned = { $verdict }: { $job } - { $n ->
    [one] 1 Connect devuelto
   *[other] { $n } Connects devueltos
}
subject-none-spent = { $verdict }: { $job } - no se gastaron Connects
subject-none-returned = { $verdict }: { $job } - no se devuelven Connects
subject-alone = { $verdict }: { $job }
job-and-more = { $job } y { $k } más

## Opening

hello = Hola, { $name }:
hello-nobody = Hola:

lead-client_canceled = El cliente canceló el proyecto «{ $job }».
lead-filled_by_other = El proyecto «{ $job }» se adjudicó a otra persona.
lead-client_declined = El cliente rechazó la propuesta para «{ $job }».
lead-expired = El anuncio «{ $job }» venció sin que de tu propuesta saliera un contrato.
lead-post_removed_policy = Retiramos el anuncio «{ $job }» porque incumplía nuestras normas.
lead-post_removed_fraud = Retiramos el anuncio «{ $job }» por fraude.
lead-client_suspended = Suspendimos al cliente que había publicado «{ $job }».
lead-freelancer_suspended = Se suspendió la cuenta desde la que se envió la propuesta para «{ $job }», y el sistema cerró la propuesta.
lead-invitation_withdrawn = Se retiró la invitación al proyecto «{ $job }».
lead-application_declined = No podemos aceptar tu solicitud tal como está.
lead-application_received = Tu solicitud ha llegado.
lead-several-job-canceled = Se cerró un proyecto y, con él, { $k } de tus propuestas.
lead-several-post-removed = Retiramos un anuncio y, con él, { $k } de tus propuestas.
lead-several-client-suspended = Suspendimos a un cliente. { $k } de tus propuestas eran para sus proyectos.
lead-several-job-expired = Venció un proyecto y, con él, { $k } de tus propuestas.
lead-several-proposal-declined = Se rechazaron { $k } de tus propuestas.
lead-several-agency-job-canceled = Se cerró un proyecto y, con él, { $k } propuestas de tu agencia.
lead-several-agency-post-removed = Retiramos un anuncio y, con él, { $k } propuestas de tu agencia.
lead-several-agency-client-suspended = Suspendimos a un cliente. { $k } propuestas de tu agencia eran para sus proyectos.
lead-several-agency-job-expired = Venció un proyecto y, con él, { $k } propuestas de tu agencia.
lead-several-agency-proposal-declined = Se rechazaron { $k } propuestas de tu agencia.

result-returned = { $n ->
    [one] Se ha devuelto 1 Connect.
   *[other] Se han devuelto { $n } Connects.
}
result-none-spent = No se gastaron Connects, así que no se devuelve ninguno.
result-none-returned = No se devuelven Connects; el motivo está más abajo.

late = Ocurrió el { $date }. Este aviso llega tarde y lo sentimos.

## One proposal

your-proposal = Tu propuesta
agency-proposal = Propuesta de tu agencia
label-job = Proyecto
label-proposal = Propuesta
label-acted = Quién actuó
label-happened = Qué ocurrió
label-rule = Norma incumplida
label-spent = Connects gastados
label-earlier = Devueltos antes
label-returned = Connects devueltos
label-balance = Saldo
label-entries = Movimientos
label-recorded = Registrado
label-expires = Los Connects devueltos vencen
label-message = Mensaje del cliente
label-invitation = Invitación
label-application = Solicitud
label-decided = Quién decidió

proposal-sent = { $proposal }, enviada el { $date }
proposal-sent-invited = { $proposal }, enviada el { $date } en respuesta a una invitación
code = código: { $reason }, causa: { $cause }
amount = { $n }
amount-parts = { $n } (propuesta { $fee }, impulso { $boost })
amount-proposal-only = { $n } (propuesta { $fee }, sin impulso)
returned-none-because = ninguno, porque { $why } (código: { $ground })
returned-none = ninguno
balance-own = el tuyo, ahora { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (cuenta { $account })
balance-agency = el de la agencia, ahora { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (cuenta { $account })
balance-own-unchanged = el tuyo, sin cambios: { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (cuenta { $account })
balance-agency-unchanged = el de la agencia, sin cambios: { $n ->
    [one] 1 Connect
   *[other] { $n } Connects
} (cuenta { $account })
entries-none = ninguno
hidden = { $n ->
    [one] Hay una propuesta más en este aviso, ya incluida
   *[other] Hay { $n } propuestas más en este aviso, ya incluidas
} en los totales de arriba. Todas constan en el historial de Connects.

## Who acted

acted-client_canceled = el cliente
acted-filled_by_other = el cliente, al contratar a otra persona
acted-client_declined = el cliente
acted-expired = nadie; el sistema cerró el anuncio al acabarse su plazo
acted-post_removed_policy = la plataforma
acted-post_removed_fraud = la plataforma
acted-client_suspended = la plataforma
acted-freelancer_suspended = el sistema; el cliente no rechazó nada
acted-invitation_withdrawn = la plataforma
acted-invitation_withdrawn-client-withdrew = el cliente
acted-application_declined = la plataforma
acted-application_received = tú

## Why, by reason and by the event's own cause

reason-client_canceled = El cliente canceló el proyecto.
reason-filled_by_other = Se contrató a otra persona para el proyecto.
reason-client_declined = El cliente rechazó esta propuesta.
reason-expired = Se acabó el plazo del anuncio.
reason-post_removed_policy = La plataforma retiró el anuncio porque incumplía las normas de los anuncios.
reason-post_removed_fraud = La plataforma retiró el anuncio por fraude.
reason-client_suspended = La plataforma suspendió la cuenta del cliente.
reason-freelancer_suspended = Se suspendió la cuenta desde la que se envió la propuesta.
reason-invitation_withdrawn = Se retiró la invitación.
reason-application_declined = La solicitud no fue aceptada.
reason-application_received = La solicitud ha llegado.

cause-job-canceled-client-canceled = No dio más motivos.
cause-job-canceled-accident = El cliente dice que se había publicado por error.
cause-job-canceled-dropped = El cliente dice que abandonó el proyecto.
cause-job-canceled-no-skills = El cliente dice que no encontró a nadie con los conocimientos necesarios.
cause-job-canceled-filled-elsewhere = El cliente dice que encontró a alguien en otro lugar.
cause-job-canceled-filled = Todos los puestos están cubiertos.
cause-job-canceled-expired = Pasaron treinta días sin actividad.
cause-post-removed-terms-of-service = Incumplía los Términos del servicio.
cause-post-removed-fraud = Mostraba señales de estafa.
cause-post-removed-duplicate = El mismo proyecto se había publicado más de una vez.
cause-post-removed-inactive = Llevaba demasiado tiempo inactivo; cuenta como vencido.
cause-client-suspended-terms-of-service = Fue por incumplir los Términos del servicio.
cause-client-suspended-fraud = Fue en aplicación de las normas contra el fraude.
cause-client-suspended-billing = Tiene que ver con la cuenta del cliente, no con ninguna propuesta.
cause-job-expired-expired = Su plazo pasó sin que de esta propuesta saliera un contrato.
cause-proposal-declined-hired-other = El cliente contrató a otra persona.
cause-proposal-declined-skills = El cliente busca otros conocimientos.
cause-proposal-declined-price = La tarifa o el presupuesto es demasiado alto para el cliente.
cause-proposal-declined-experience = El cliente busca otro perfil u otra experiencia.
cause-proposal-declined-project-changed = El proyecto del cliente cambió o se abandonó.
cause-proposal-declined-other = El cliente no eligió ningún motivo de la lista.
cause-proposal-declined-freelancer-suspended = Ningún cliente valoró la propuesta.
cause-invitation-withdrawn-client-issue = Hay un problema con el cliente.
cause-invitation-withdrawn-job-issue = Hay un problema con el proyecto.
cause-invitation-withdrawn-client-withdrew = El cliente se retractó.
cause-application-declined-under-age = Para ser miembro hay que tener al menos 18 años.
cause-application-declined-incomplete = Faltan partes del perfil.
cause-application-declined-text-errors = Hay errores en el texto del perfil.
cause-application-declined-media = La foto o el vídeo no tienen calidad suficiente o no se cargaron.
cause-application-declined-skills-mix = Por ahora no hay proyectos para esta combinación de conocimientos y experiencia.
cause-application-declined-competition = Hubo más solicitudes que plazas.
cause-application-declined-other = El motivo no es ninguno de los que podemos indicar aquí.
cause-application-received-received = La leeremos.

## Why nothing came back

ground-nothing_spent = en esta propuesta no se gastaron Connects
ground-nothing_spent-invited = responder a una invitación no cuesta Connects
ground-already_returned = todo lo gastado en esta propuesta ya se había devuelto antes
ground-withdrawn = la propuesta se había retirado antes de que esto ocurriera
ground-hired = de esta propuesta salió un contrato
ground-filled_by_other = el proyecto acabó con una contratación, y los Connects solo se devuelven si acaba sin ninguna
ground-declined_by_client = el cliente rechazó la propuesta, y por una propuesta rechazada no se devuelven Connects
ground-expired = un anuncio cuyo plazo se acaba no devuelve Connects; uno que el cliente cancela, sí
ground-suspension_not_final = la suspensión todavía puede levantarse
ground-reinstated = la suspensión se levantó
ground-account_suspended = se suspendió la cuenta desde la que se envió

## What to know

know = Conviene saber
no-judgement = Esto no dice nada sobre tu capacidad: aquí nadie ha valorado tu propuesta.
no-judgement-agency = Esto no dice nada sobre la capacidad de quien envió la propuesta: aquí nadie la ha valorado.
no-judgement-declined = La decisión del cliente no es un juicio de la plataforma sobre tu capacidad.
no-contract = No hay ningún contrato por esta propuesta. No empieces a trabajar, aunque el cliente te siga escribiendo.
no-contract-several = No hay ningún contrato por ninguna de estas propuestas. No empieces a trabajar, aunque el cliente te siga escribiendo.
safety-pay = No pagues nada por conseguir este proyecto ni envíes documentos, contraseñas o códigos.
safety-offsite = No sigas tratando con este cliente fuera de la plataforma, ni por mensajería, teléfono o correo, y no aceptes pagos allí.
safety-report = Si ya has pagado o entregado algo, avisa cuanto antes a soporte.
connects-are-credit = Los Connects devueltos son crédito para propuestas, no dinero.

## Invitations and applications

invitation-nothing-spent = Responder a una invitación no cuesta Connects, así que no se devuelve ninguno. No tienes que hacer nada.
improve = Qué puedes mejorar
improve-complete-profile = Completa tu perfil: rellena todas las partes vacías.
improve-text = Vuelve a leer el texto de tu perfil y corrige los errores.
improve-photo = Usa una foto nítida en la que se vea tu cara.
improve-video = Usa un vídeo que se reproduzca y se oiga bien.
improve-skills = Añade los conocimientos relevantes que falten.
improve-experience = Añade experiencia: trabajos anteriores, estudios, un portafolio.
reapply = Volver a solicitarlo
reapply-never = No es posible presentar otra solicitud.
reapply-now = Puedes presentar otra solicitud cuando quieras.
reapply-after = Puedes presentar otra solicitud a partir del { $date }.
decided-automated = un programa; todavía no la ha leído nadie
decided-person = una persona
decide-by = Se decidirá el { $date } a más tardar.

## How to ask

ask = Preguntas
ask-quote = Indica la propuesta { $proposal } y el aviso { $notice }; con eso soporte encuentra todo lo anterior.
ask-quote-notice = Indica el aviso { $notice }; con eso soporte encuentra todo lo anterior.
ask-where = Dónde preguntar: { $url }
ask-where-label = Pedir ayuda
ask-reply = Puedes responder a este correo.
event-line = Evento { $event }, { $date }
sent-by = Enviado por { $sender } por tu propuesta. Este correo lo ha escrito un programa.
sent-by-agency = Enviado por { $sender } por una propuesta de tu agencia. Este correo lo ha escrito un programa.
sent-by-alone = Enviado por { $sender }. Este correo lo ha escrito un programa.
