"""The directory of services: what each offers, where, when and in which languages; earlier versions; places by period.

An entry's earlier versions and the places once set are kept as they were. How many families wait for a service is for
every reader of the directory, who may not read whose offers these are: one function counts them and tells nothing else.
"""

from alembic import op

from locality.access import rls

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_COLUMNS = (
    "languages", "days", "access", "hours", "venue", "address", "town", "postcode", "cost", "how_to_refer",
    "contact_name", "phone", "email", "url", "opens_on", "closes_on", "changed_at",
)  # fmt: skip
_ENTRY = """
ALTER TABLE service
  ADD COLUMN languages text[] NOT NULL DEFAULT '{}',
  ADD COLUMN days text[] NOT NULL DEFAULT '{}',
  ADD COLUMN access text[] NOT NULL DEFAULT '{}',
  ADD COLUMN hours text NOT NULL DEFAULT '',
  ADD COLUMN venue text NOT NULL DEFAULT '',
  ADD COLUMN address text NOT NULL DEFAULT '',
  ADD COLUMN town text NOT NULL DEFAULT '',
  ADD COLUMN postcode text NOT NULL DEFAULT '',
  ADD COLUMN cost text NOT NULL DEFAULT '',
  ADD COLUMN how_to_refer text NOT NULL DEFAULT '',
  ADD COLUMN contact_name text NOT NULL DEFAULT '',
  ADD COLUMN phone text NOT NULL DEFAULT '',
  ADD COLUMN email text NOT NULL DEFAULT '',
  ADD COLUMN url text NOT NULL DEFAULT '',
  ADD COLUMN opens_on date,
  ADD COLUMN closes_on date,
  ADD COLUMN changed_at timestamptz,
  ADD CONSTRAINT service_dates_check CHECK (closes_on > opens_on);
UPDATE service SET changed_at = created_at;
ALTER TABLE service ALTER COLUMN changed_at SET NOT NULL;
"""
_KEPT = """
CREATE TABLE service_edition (
  service_id uuid NOT NULL CONSTRAINT service_edition_service_id_fkey REFERENCES service,
  number integer NOT NULL,
  content jsonb NOT NULL,
  changed text[] NOT NULL,
  why text NOT NULL,
  made_at timestamptz NOT NULL,
  made_by uuid CONSTRAINT service_edition_made_by_fkey REFERENCES account,
  made_by_name text NOT NULL,
  CONSTRAINT service_edition_pkey PRIMARY KEY (service_id, number)
);
CREATE TABLE service_places (
  id uuid PRIMARY KEY,
  service_id uuid NOT NULL CONSTRAINT service_places_service_id_fkey REFERENCES service,
  cluster_id uuid NOT NULL CONSTRAINT service_places_cluster_id_fkey REFERENCES cluster,
  from_on date NOT NULL,
  places integer NOT NULL CONSTRAINT service_places_places_check CHECK (places >= 0),
  set_at timestamptz NOT NULL,
  set_by_name text NOT NULL
);
CREATE INDEX service_places_period_idx ON service_places (service_id, cluster_id, from_on, set_at);
CREATE FUNCTION service_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what the directory said stays as it was' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER service_edition_keep BEFORE UPDATE OR DELETE ON service_edition
  FOR EACH ROW EXECUTE FUNCTION service_keep();
CREATE TRIGGER service_places_keep BEFORE UPDATE OR DELETE ON service_places
  FOR EACH ROW EXECUTE FUNCTION service_keep();
"""
# Numbers alone leave this function; the offers that it counts stay with those who may read them.
_DEMAND = """
CREATE INDEX offer_accepted_idx ON offer (service_id, responded_at) WHERE state = 'accepted';
CREATE FUNCTION service_demand(wanted uuid[], since timestamptz)
RETURNS TABLE (service_id uuid, live bigint, waiting bigint, accepted bigint, usual_days double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.id, l.live, l.waiting, a.accepted, a.usual_days
  FROM unnest(wanted) AS s(id)
  CROSS JOIN LATERAL (
    SELECT count(*) AS live, count(*) FILTER (WHERE o.state = 'waiting') AS waiting
    FROM offer o WHERE o.service_id = s.id AND o.state IN ('open', 'asked', 'waiting')) l
  CROSS JOIN LATERAL (
    SELECT count(*) AS accepted,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM o.responded_at - o.offered_at) / 86400)
             AS usual_days
    FROM offer o WHERE o.service_id = s.id AND o.state = 'accepted' AND o.responded_at >= since) a
$$;
"""
_RIGHTS = f"""
REVOKE ALL ON FUNCTION service_demand(uuid[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION service_demand(uuid[], timestamptz) TO {rls.APP_ROLE};
"""


def upgrade() -> None:
    for statement in (_ENTRY, _KEPT, _DEMAND, _RIGHTS):
        op.execute(statement)
    op.execute(rls.open_reference("service_edition"))
    op.execute(rls.open_reference("service_places"))


def downgrade() -> None:
    op.execute("DROP FUNCTION service_demand(uuid[], timestamptz); DROP INDEX offer_accepted_idx;")
    op.execute(rls.unprotect("service_places"))
    op.execute(rls.unprotect("service_edition"))
    op.execute("DROP FUNCTION service_keep();")
    op.execute("ALTER TABLE service " + ", ".join(f"DROP COLUMN {column}" for column in _COLUMNS) + ";")
