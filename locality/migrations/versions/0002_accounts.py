"""Tables of the accounts room; ``locality/accounts/models.py`` says who may reach which of them."""

from alembic import op

from locality.access import rls

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE account (
  id uuid PRIMARY KEY,
  email text NOT NULL CONSTRAINT account_email_key UNIQUE,
  name text NOT NULL,
  job_title text NOT NULL,
  active boolean NOT NULL,
  password_change_due boolean NOT NULL,
  is_demonstration boolean NOT NULL,
  disabled_at timestamptz,
  disabled_by uuid,
  disabled_reason text,
  created_at timestamptz NOT NULL,
  created_by uuid,
  last_signed_in_at timestamptz,
  version integer NOT NULL,
  CONSTRAINT account_email_lower_check CHECK (email = lower(email)),
  CONSTRAINT account_disabled_check CHECK (active = (disabled_at IS NULL))
);
CREATE INDEX account_name_idx ON account (name, id);

CREATE TABLE account_secret (
  account_id uuid PRIMARY KEY CONSTRAINT account_secret_account_id_fkey REFERENCES account (id),
  password_hash text NOT NULL,
  changed_at timestamptz NOT NULL,
  usable_until timestamptz
);

CREATE TABLE role_assignment (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL CONSTRAINT role_assignment_account_id_fkey REFERENCES account (id),
  role text NOT NULL,
  scope_kind text NOT NULL,
  scope_id uuid,
  follows_id uuid,
  from_on date NOT NULL,
  until_on date,
  given_at timestamptz NOT NULL,
  given_by uuid,
  ended_at timestamptz,
  ended_by uuid,
  CONSTRAINT role_assignment_role_check CHECK (role IN ('spoc_officer', 'lead_professional', 'service_worker',
    'cluster_member', 'supervisor', 'manager', 'data_protection', 'administrator')),
  CONSTRAINT role_assignment_scope_kind_check CHECK (scope_kind IN ('authority', 'locality', 'cluster', 'team',
    'service', 'none')),
  CONSTRAINT role_assignment_scope_check CHECK ((scope_kind IN ('authority', 'none')) = (scope_id IS NULL)),
  CONSTRAINT role_assignment_not_self_check CHECK (given_by IS DISTINCT FROM account_id)
);
CREATE UNIQUE INDEX role_assignment_open_key ON role_assignment (account_id, role, scope_kind, scope_id)
  NULLS NOT DISTINCT WHERE ended_at IS NULL;
CREATE INDEX role_assignment_role_idx ON role_assignment (role, scope_id) WHERE ended_at IS NULL;

CREATE TABLE signed_in_session (
  token_hash bytea PRIMARY KEY,
  id uuid NOT NULL CONSTRAINT signed_in_session_id_key UNIQUE,
  account_id uuid NOT NULL CONSTRAINT signed_in_session_account_id_fkey REFERENCES account (id),
  data jsonb NOT NULL,
  device text NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX signed_in_session_account_idx ON signed_in_session (account_id);
CREATE INDEX signed_in_session_expires_idx ON signed_in_session (expires_at);

CREATE TABLE sign_in_attempt (
  id uuid PRIMARY KEY,
  email_hash bytea NOT NULL,
  client_address text NOT NULL,
  known_device boolean NOT NULL,
  outcome text NOT NULL,
  attempted_at timestamptz NOT NULL,
  CONSTRAINT sign_in_attempt_outcome_check CHECK (outcome IN ('trying', 'matched', 'refused', 'too_many'))
);
CREATE INDEX sign_in_attempt_email_idx ON sign_in_attempt (email_hash, attempted_at);
CREATE INDEX sign_in_attempt_client_idx ON sign_in_attempt (client_address, attempted_at);
CREATE INDEX sign_in_attempt_at_idx ON sign_in_attempt (attempted_at);

CREATE TABLE known_device (
  token_hash bytea PRIMARY KEY,
  account_id uuid NOT NULL CONSTRAINT known_device_account_id_fkey REFERENCES account (id),
  seen_at timestamptz NOT NULL
);
CREATE INDEX known_device_account_idx ON known_device (account_id);
"""

# The names under which the sign-in step and an unknown bearer of a session token act (locality/accounts/queries).
_SIGNING_IN = "(SELECT app_actor()) = 'Sign-in'"
_OWN = "account_id::text = (SELECT app_actor())"
_BEARER = "'session ' || encode(token_hash, 'hex') = (SELECT app_actor())"

_OWN_ONLY = f"{rls.SYSTEM} OR {_SIGNING_IN} OR {_OWN}"
_OWN_OR_BEARER = f"{rls.SYSTEM} OR {_OWN} OR {_BEARER}"
_STEP_ONLY = f"{rls.SYSTEM} OR {_SIGNING_IN}"


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(rls.protect("account", read=rls.BOUND))
    op.execute(rls.protect("role_assignment", read=rls.BOUND))
    op.execute(rls.protect("account_secret", read=_OWN_ONLY))
    op.execute(rls.protect("signed_in_session", read=_OWN_OR_BEARER, delete=_OWN_OR_BEARER))
    op.execute(rls.protect("sign_in_attempt", read=_STEP_ONLY, delete=_STEP_ONLY))
    op.execute(rls.protect("known_device", read=_OWN_ONLY, delete=_OWN_ONLY))


def downgrade() -> None:
    for table in (
        "known_device", "sign_in_attempt", "signed_in_session", "role_assignment", "account_secret", "account",
    ):  # fmt: skip
        op.execute(rls.unprotect(table))
