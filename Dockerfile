# Kov in a container: built once, started by the same command as anywhere.
# The state (database, secret, keys) is a volume.

# npm brings the reference page, and stays behind.
FROM debian:12-slim AS page
COPY . /opt/kov
RUN export KOV_HOME=/opt/kov KOV_STATE=/tmp && sh /opt/kov/deploy/page.sh

FROM debian:12-slim
COPY . /opt/kov
COPY --from=page /opt/kov/.build/swagger-ui /opt/kov/.build/swagger-ui
WORKDIR /opt/kov
RUN export KOV_HOME=/opt/kov KOV_STATE=/var/lib/kov/state \
 && sh deploy/setup.sh run && sh deploy/build.sh \
 && rm -rf /var/lib/apt/lists/*
ENV KOV_STATE=/var/lib/kov/state KOV_LISTEN=0.0.0.0 KOV_LOG=-
VOLUME /var/lib/kov
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/kov/kov"]
CMD ["run"]
