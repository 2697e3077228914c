USE cloud;
INSERT INTO vm_template VALUES (3, 'SYSTEM', 'KVM', 'none', NULL);
CREATE TABLE configuration (category VARCHAR(255) NOT NULL, instance VARCHAR(255) NOT NULL, component VARCHAR(255) NOT NULL, name VARCHAR(255) PRIMARY KEY, value VARCHAR(8191));
