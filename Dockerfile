# One image for every process of the portal: web, workers, the clock, and what is run by hand.
ARG PYTHON=3.13
FROM python:${PYTHON}-slim-trixie AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/python -m pip install --require-hashes --requirement /tmp/base.txt

FROM python:${PYTHON}-slim-trixie
RUN apt-get update \
 && apt-get install --yes --no-install-recommends fonts-liberation \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin cc2h
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CC2H_ENV=production \
    CC2H_STATIC_ROOT=/srv/static \
    CC2H_DATA_DIR=/tmp/cc2h \
    PORT=8000
WORKDIR /srv/cc2h
COPY --from=packages /opt/venv /opt/venv
COPY manage.py pyproject.toml ./
COPY cc2h cc2h
COPY budget budget
COPY chins chins
COPY kpis kpis
COPY practices practices
COPY static static
COPY templates templates
# The page of worked examples is drawn from it.
COPY docs/api.md docs/api.md
# Static files do not depend on secrets, so they are collected once, into the image.
RUN CC2H_ENV=development python -m compileall -q budget cc2h chins kpis practices \
 && CC2H_ENV=development python manage.py collectstatic --noinput --verbosity 0
USER 10001
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "python:cc2h.config.gunicorn"]
