-- DOUBLE of CloudStack's schema: the tables that firstboot steps look into
USE cloud;
CREATE TABLE mshost (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255));
CREATE TABLE image_store (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), removed DATETIME);
CREATE TABLE user (id BIGINT PRIMARY KEY, username VARCHAR(255), password VARCHAR(255), api_key VARCHAR(255), secret_key VARCHAR(255));
CREATE TABLE vm_template (id BIGINT PRIMARY KEY, type VARCHAR(32), hypervisor_type VARCHAR(32), uuid VARCHAR(40), removed DATETIME);
USE cloud_usage;
CREATE TABLE cloud_usage (id BIGINT PRIMARY KEY);
