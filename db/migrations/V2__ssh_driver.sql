-- Machines that exist already and are reached over SSH. Such a machine's SSH host key is its
-- identity: a row in disks stands for it, whose base_image_hash is the SHA-256 of the key.

ALTER TABLE vms ADD COLUMN IF NOT EXISTS driver VARCHAR(8) DEFAULT 'qemu' NOT NULL;
ALTER TABLE vms ADD CONSTRAINT IF NOT EXISTS ck_vms_driver CHECK (driver IN ('qemu', 'ssh'));

-- Where the machine is, such as `deploy@build.example:22`; empty for QEMU.
ALTER TABLE vms ADD COLUMN IF NOT EXISTS address VARCHAR(600);

-- Newest successful handshake with the machine, and whether the newest try succeeded.
ALTER TABLE vms ADD COLUMN IF NOT EXISTS contacted_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE vms ADD COLUMN IF NOT EXISTS contact_ok BOOLEAN DEFAULT FALSE NOT NULL;

-- True if the disk may be deleted as soon as it is replaced: it was made with `disk = "ephemeral"`.
ALTER TABLE disks ADD COLUMN IF NOT EXISTS disposable BOOLEAN DEFAULT FALSE NOT NULL;
